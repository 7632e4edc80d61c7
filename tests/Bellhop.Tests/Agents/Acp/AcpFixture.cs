using Bellhop.Agents;
using Bellhop.Agents.Acp;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Agents.Acp;

/// <summary>The agent over a scripted peer, and a folder that outlives both.</summary>
internal sealed class AcpFixture : IAsyncDisposable
{
    public static readonly Prompt Ask = new("do it\n\nbellhop-turn:2", "bellhop-turn:2");

    private readonly TempFolder _folder = new();

    private readonly TimeSpan _readyTimeout;

    private readonly RestartPolicy? _restarts;

    /// <summary>The time to come up is for a busy machine, unless a test wants it to run out.</summary>
    public AcpFixture(
        AgentPermissions permissions = AgentPermissions.Deny,
        TimeSpan? readyTimeout = null,
        RestartPolicy? restarts = null
    )
    {
        (Permissions, _readyTimeout) = (permissions, readyTimeout ?? TimeSpan.FromSeconds(30));
        _restarts = restarts;
        Agent = NewAgent();
    }

    public AgentPermissions Permissions { get; }

    public FakeAcp Peer { get; } = new();

    /// <summary>The next thing that the agent asks leave for.</summary>
    public TaskCompletionSource<TurnSignal.PermissionAsked> Asked { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AcpAgent Agent { get; private set; }

    public AcpSessionFile File => new(_folder.File("session.acp.json"));

    public void WriteFile(string text) => _folder.Write("session.acp.json", text);

    /// <summary>Bellhop and the agent end and come back.</summary>
    public async Task RestartAsync()
    {
        await Agent.DisposeAsync();
        Agent = NewAgent();
    }

    public async Task ReadyAsync() => (await Agent.EnsureReadyAsync(default)).ShouldBeNull();

    /// <summary>Gives the prompt; returns once the agent has it.</summary>
    public async Task<(Task<List<TurnSignal>> Turn, string? Id)> BeginAsync(CancellationToken stop = default)
    {
        await ReadyAsync();
        var turn = SayAsync(Ask, stop);
        var told = await Peer.ToldAsync();
        told.GetProperty("method").GetString().ShouldBe("session/prompt");
        told.GetProperty("params").GetProperty("sessionId").GetString().ShouldBe("s-1");
        told.GetProperty("params").GetProperty("prompt")[0].GetProperty("text").GetString().ShouldBe(Ask.Text);
        return (turn, told.GetProperty("id").GetString());
    }

    /// <summary>One turn that the peer plays: what it says, and how it ends.</summary>
    public async Task<List<TurnSignal>> PlayAsync(Action<FakeAcp> say, string result = """{"stopReason":"end_turn"}""")
    {
        var (turn, id) = await BeginAsync();
        say(Peer);
        Peer.Respond(id, result);
        return await turn;
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        _folder.Dispose();
    }

    private AcpAgent NewAgent() =>
        new(
            Peer,
            new AcpSettings("fake", "/somewhere", Permissions, File),
            _restarts ?? new RestartPolicy(TimeProvider.System, () => 0),
            _readyTimeout,
            TimeProvider.System,
            NullLogger.Instance
        );

    private async Task<List<TurnSignal>> SayAsync(Prompt prompt, CancellationToken stop)
    {
        await Task.Yield();
        var signals = new List<TurnSignal>();
        await foreach (var signal in Agent.PromptAsync(prompt, stop))
        {
            signals.Add(signal);
            if (signal is TurnSignal.PermissionAsked asked)
                Asked.SetResult(asked);
        }
        return signals;
    }
}
