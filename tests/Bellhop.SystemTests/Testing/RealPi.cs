using System.Text.Json.Nodes;

namespace Bellhop.SystemTests.Testing;

/// <summary>A generation of pi from npm, as <c>eng/install-parts</c> installed it.</summary>
internal sealed record RealPi(string Part)
{
    /// <summary>1.5 on Node 22.</summary>
    public const string New = "current";

    /// <summary>0.73 on Node 20.</summary>
    public const string Old = "old";

    /// <summary>A file that can be reached by two names counts once.</summary>
    private static readonly EnumerationOptions RealFiles = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>The executable; starting it is starting pi, with nothing in between.</summary>
    public string Program => Repository.Part(Part);

    /// <summary><see cref="New"/> or <see cref="Old"/>.</summary>
    public static RealPi Named(string generation) => new(generation == Old ? "bin/pi-0.73" : "bin/pi");

    /// <summary>
    /// A person's agent folder that uses the scripted model. A context of 32,000 tokens, so that long runs meet
    /// compaction as real ones do.
    /// </summary>
    public static string WriteAgentFolder(TempFolder folder, FakeModel model)
    {
        var models = new JsonObject
        {
            ["providers"] = new JsonObject
            {
                ["fake"] = new JsonObject
                {
                    ["baseUrl"] = model.BaseUrl,
                    ["api"] = "openai-completions",
                    ["apiKey"] = "dummy",
                    ["compat"] = new JsonObject
                    {
                        ["supportsDeveloperRole"] = false,
                        ["supportsReasoningEffort"] = false,
                    },
                    ["models"] = new JsonArray(
                        new JsonObject
                        {
                            ["id"] = "fake-1",
                            ["contextWindow"] = 32000,
                            ["maxTokens"] = 2048,
                        }
                    ),
                },
            },
        };
        folder.Write("agent/models.json", models.ToJsonString());
        folder.Write(
            "agent/settings.json",
            """{"defaultProvider":"fake","defaultModel":"fake-1","retry":{"baseDelayMs":100}}"""
        );
        return Path.Combine(folder.Path, "agent");
    }

    /// <summary>
    /// Every user message in pi's own session files below a folder, oldest first. A line that a crash tore is none: pi
    /// itself does not see it either.
    /// </summary>
    public static IReadOnlyList<string> UserMessages(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*.jsonl", RealFiles)
                .Select(File.ReadAllLines)
                .Where(lines => lines.Length > 0)
                .OrderBy(lines => (string?)Parse(lines[0])?["timestamp"], StringComparer.Ordinal)
                .SelectMany(lines => lines.Select(Parse))
                .Where(entry => (string?)entry?["type"] == "message" && (string?)entry["message"]?["role"] == "user")
                .Select(entry => TextOf(entry!["message"]!["content"])),
        ];

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static string TextOf(JsonNode? content) =>
        content is JsonArray parts ? string.Concat(parts.Select(p => (string?)p?["text"])) : (string?)content ?? "";
}
