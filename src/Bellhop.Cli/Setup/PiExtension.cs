using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bellhop.Cli.Setup;

/// <summary>What stands where pi looks for the gateway's extension.</summary>
internal enum InstalledExtension
{
    None,
    Ours,

    /// <summary>The gateway-setup skill's, or another one of that name.</summary>
    Other,
}

/// <summary>
/// The terminal extension in a person's pi: <c>extensions/gateway</c> of pi's agent folder, where the gateway-setup skill
/// has its own too. There is one of them at a time; another one's is kept beside the folder that pi loads from.
/// </summary>
internal sealed class PiExtension(string agentFolder, TimeProvider time)
{
    /// <summary>pi's own variable for its folder.</summary>
    public const string FolderVariable = "PI_CODING_AGENT_DIR";

    private const string PackageName = "bellhop-gateway";
    private const string Resources = "extensions/pi/";
    private const string BackupPrefix = "gateway.before-bellhop-";

    /// <summary>The folder that pi loads.</summary>
    public string Folder { get; } = Path.Combine(agentFolder, "extensions", "gateway");

    /// <summary>The version that this program brings.</summary>
    public static string OwnVersion { get; } = VersionIn(Read("package.json")) ?? "?";

    /// <summary>What is there now.</summary>
    public InstalledExtension Installed =>
        !Path.Exists(Folder) ? InstalledExtension.None
        : Package() is { } package && (string?)package["name"] == PackageName ? InstalledExtension.Ours
        : InstalledExtension.Other;

    /// <summary>The version of what is there; null where it names none.</summary>
    public string? InstalledVersion => (string?)Package()?["version"];

    /// <summary>What was there before ours, newest first.</summary>
    public IReadOnlyList<string> Backups =>
        Directory.Exists(agentFolder)
            ?
            [
                .. Directory
                    .GetDirectories(agentFolder, $"{BackupPrefix}*")
                    .OrderByDescending(path => path, StringComparer.Ordinal),
            ]
            : [];

    /// <summary>Finds pi's folder in an environment. Creates nothing.</summary>
    public static PiExtension Locate(Func<string, string?> environment, TimeProvider time)
    {
        var chosen = environment(FolderVariable) is { Length: > 0 } folder ? folder : "~/.pi/agent";
        return new PiExtension(Path.GetFullPath(Home.ExpandTilde(chosen, environment)), time);
    }

    /// <summary>Puts ours in place; what else is there moves to a backup, whose path is returned.</summary>
    public string? Install()
    {
        var next = Path.Combine(agentFolder, $"gateway.next-{Environment.ProcessId}");
        Directory.CreateDirectory(next);
        foreach (var name in Names())
            File.WriteAllText(Path.Combine(next, name), Read(name));
        Directory.CreateDirectory(Path.GetDirectoryName(Folder)!);
        var backup = Installed == InstalledExtension.Other ? FreeBackup() : null;
        if (backup is not null)
            Directory.Move(Folder, backup);
        else
            Delete();
        Directory.Move(next, Folder);
        return backup;
    }

    /// <summary>Takes ours away and puts back what was there before, whose path is returned.</summary>
    public string? Remove()
    {
        if (Installed == InstalledExtension.Ours)
            Delete();
        if (Installed != InstalledExtension.None || Backups is not [var newest, ..])
            return null;
        Directory.CreateDirectory(Path.GetDirectoryName(Folder)!);
        Directory.Move(newest, Folder);
        return newest;
    }

    private void Delete()
    {
        if (new DirectoryInfo(Folder).LinkTarget is not null)
            File.Delete(Folder); // the link, not what a developer linked
        else if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private string FreeBackup()
    {
        // By the second: an order of names is an order of time.
        var name = $"{BackupPrefix}{time.GetLocalNow():yyyy-MM-dd-HHmmss}";
        var path = Path.Combine(agentFolder, name);
        return Path.Exists(path) ? $"{path}-{Environment.ProcessId}" : path;
    }

    private JsonObject? Package()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "package.json"))) as JsonObject;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private static string? VersionIn(string package) => (string?)JsonNode.Parse(package)?["version"];

    private static IEnumerable<string> Names() =>
        Assembly
            .GetExecutingAssembly()
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Resources, StringComparison.Ordinal))
            .Select(name => name[Resources.Length..]);

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resources + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
