using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bellhop.Agents.Pi;

/// <summary>
/// pi's agent folder for our own agent: the person's login, models and settings, without what a person's own pi would
/// leave there or take from there (its sessions, and our terminal extension, which would talk to ourselves).
/// </summary>
internal static class PiAgentFolder
{
    // Both generations write these in place (read in 0.73.1 and 1.5.2), so a login that either refreshes is everybody's.
    // npm and git hold the packages that settings.json names; without them pi would install them again.
    private static readonly string[] Linked = ["auth.json", "models-store.json", "npm", "git"];

    /// <summary>Where a person describes providers and models.</summary>
    public const string Models = "models.json";

    // pi keeps edits of its own in settings.json; they stay ours until the next start.
    private const string Settings = "settings.json";

    // Lists of resources in settings.json. A relative path in them is relative to the folder of the file.
    private static readonly string[] ResourceLists = ["extensions", "packages", "skills", "prompts", "themes"];

    // How our terminal extension and the one of the gateway-setup skill are called.
    private static readonly string[] Gateways = ["gateway", "bellhop"];

    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Brings <paramref name="ours"/> up to date with the person's folder, which need not exist.</summary>
    public static void Prepare(string persons, string ours)
    {
        Directory.CreateDirectory(ours);
        if (Path.GetFullPath(persons) == Path.GetFullPath(ours))
            return;
        foreach (var name in Linked)
            Link(Path.Combine(persons, name), Path.Combine(ours, name));
        Take(Path.Combine(persons, Models), Path.Combine(ours, Models), File.ReadAllText);
        Take(Path.Combine(persons, Settings), Path.Combine(ours, Settings), SettingsFor);
    }

    private static void Link(string target, string link)
    {
        var file = new FileInfo(link);
        if (file.LinkTarget == target && Path.Exists(target))
            return;
        if (file.LinkTarget is not null || Path.Exists(target))
            Remove(link);
        if (Path.Exists(target))
            File.CreateSymbolicLink(link, target);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path); // of a link, the link only
    }

    private static void Take(string from, string to, Func<string, string> read)
    {
        if (!File.Exists(from))
        {
            File.Delete(to);
            return;
        }
        var next = to + ".next";
        File.WriteAllText(next, read(from));
        File.Move(next, to, overwrite: true);
    }

    private static string SettingsFor(string path)
    {
        var text = File.ReadAllText(path);
        try
        {
            if (JsonNode.Parse(text, documentOptions: Lenient) is not JsonObject settings)
                return text;
            foreach (var list in ResourceLists)
            {
                if (settings[list] is JsonArray entries)
                    settings[list] = Adapt(entries, Path.GetDirectoryName(path)!);
            }
            return settings.ToJsonString();
        }
        catch (JsonException)
        {
            return text; // pi says what is wrong with it and goes on with its defaults
        }
    }

    private static JsonArray Adapt(JsonArray entries, string folder) =>
        [.. entries.Where(entry => !IsGateway(SourceOf(entry))).Select(entry => Anchor(entry, folder))];

    private static JsonNode? Anchor(JsonNode? entry, string folder)
    {
        var copy = entry?.DeepClone();
        if (SourceOf(copy) is not { } source || !source.StartsWith('.'))
            return copy;
        var full = Path.GetFullPath(Path.Combine(folder, source));
        if (copy is not JsonObject package)
            return full;
        package["source"] = full;
        return package;
    }

    private static string? SourceOf(JsonNode? entry) =>
        (entry as JsonObject)?["source"] is JsonValue source ? source.ToString()
        : entry is JsonValue value ? value.ToString()
        : null;

    private static bool IsGateway(string? source) =>
        source is not null
        && source
            .Split('/', '\\', ':', '@', '.')
            .Any(part => Gateways.Contains(part, StringComparer.OrdinalIgnoreCase));
}
