using Bellhop.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.SystemTests.Testing;

/// <summary>Agents on the real pi and the scripted model, without a gateway.</summary>
internal sealed class PiFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<AgentFactory> _factories = [];

    /// <param name="generation">As <see cref="RealPi.Named"/> takes it.</param>
    /// <param name="model">The model that this pi is configured for.</param>
    public PiFixture(string generation, FakeModel model)
    {
        Person = RealPi.WriteAgentFolder(_folder, model);
        Options = new AgentOptions
        {
            Kind = AgentKind.Pi,
            Command = [RealPi.Named(generation).Program],
            Cwd = Directory.CreateDirectory(_folder.Inside("work")).FullName,
            Home = _folder.Inside("home"),
            Env = new Dictionary<string, string> { ["PI_CODING_AGENT_DIR"] = Person, ["PI_OFFLINE"] = "1" },
        };
    }

    /// <summary>Whatever else a test needs on disk.</summary>
    public TempFolder Folder => _folder;

    /// <summary>The person's own agent folder.</summary>
    public string Person { get; }

    public AgentOptions Options { get; }

    /// <summary>The transcript, once there is one.</summary>
    public string Transcript =>
        Directory.GetFiles(Path.Combine(Options.Home, "sessions"), "*.jsonl").SingleOrDefault() ?? "";

    /// <summary>An agent as a fresh start of Bellhop makes it.</summary>
    public IAgent NewAgent()
    {
        var factory = new AgentFactory(Options, TimeProvider.System, NullLoggerFactory.Instance);
        _factories.Add(factory);
        return factory.Create("gateway")!;
    }

    /// <summary>One that is up already.</summary>
    public async Task<IAgent> ReadyAgentAsync()
    {
        var agent = NewAgent();
        await agent.ReadyAsync();
        return agent;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var factory in _factories)
            factory.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
