using Bellhop.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.SystemTests.Agents;

/// <summary>A home with the real pi on the scripted model.</summary>
public sealed class RealPi : IAsyncDisposable
{
    private readonly List<AgentFactory> _factories = [];

    public RealPi(string program, string baseUrl, string? settings = null)
    {
        Folder = Directory.CreateTempSubdirectory("bellhop-pi-").FullName;
        Person = Path.Combine(Folder, "person");
        Work = Path.Combine(Folder, "work");
        Directory.CreateDirectory(Person);
        Directory.CreateDirectory(Work);
        File.WriteAllText(
            Path.Combine(Person, "models.json"),
            """
            { "providers": { "fake": {
              "baseUrl": "URL", "api": "openai-completions", "apiKey": "dummy",
              "compat": { "supportsDeveloperRole": false, "supportsReasoningEffort": false },
              "models": [ { "id": "fake-1", "contextWindow": 32000, "maxTokens": 2048 } ] } } }
            """.Replace("URL", baseUrl, StringComparison.Ordinal)
        );
        File.WriteAllText(
            Path.Combine(Person, "settings.json"),
            settings ?? """{"defaultProvider":"fake","defaultModel":"fake-1","retry":{"baseDelayMs":100}}"""
        );
        Options = new AgentOptions
        {
            Kind = AgentKind.Pi,
            Command = [Part(program)],
            Cwd = Work,
            Home = Path.Combine(Folder, "home"),
            Env = new Dictionary<string, string> { ["PI_CODING_AGENT_DIR"] = Person, ["PI_OFFLINE"] = "1" },
        };
    }

    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    public string Folder { get; }

    public string Person { get; }

    public string Work { get; }

    public AgentOptions Options { get; }

    /// <summary>The transcript, once there is one.</summary>
    public string Transcript =>
        Directory.GetFiles(Path.Combine(Options.Home, "sessions"), "*.jsonl").SingleOrDefault() ?? "";

    /// <summary>What the transcript holds.</summary>
    public string TranscriptText => Transcript.Length > 0 ? File.ReadAllText(Transcript) : "";

    /// <summary>A program that ./test installs.</summary>
    public static string Part(string name)
    {
        var parts = Environment.GetEnvironmentVariable("BELLHOP_PARTS") ?? Path.Combine(Repository, "artifacts/parts");
        var path = Path.Combine(parts, "bin", name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException(
                $"These tests need the real pi: {path} is missing. Run ./test, which installs it."
            );
    }

    /// <summary>An agent as a fresh start of Bellhop makes it.</summary>
    public IAgent NewAgent()
    {
        var factory = new AgentFactory(Options, TimeProvider.System, NullLoggerFactory.Instance);
        _factories.Add(factory);
        return factory.Create("gateway")!;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var factory in _factories)
            factory.Dispose();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Bellhop.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("not in the repository");
        return folder;
    }
}
