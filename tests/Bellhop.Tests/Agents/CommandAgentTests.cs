using Bellhop.Agents;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Agents;

/// <summary>The command agent with real programs.</summary>
public sealed class CommandAgentTests : IDisposable
{
    private static readonly Prompt Ask = new("what now\nturn 1", "turn 1");

    private readonly TempFolder _folder = new();
    private readonly List<AgentFactory> _factories = [];

    public void Dispose()
    {
        _factories.ForEach(factory => factory.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task PromptAsync_ProgramAnswers_IsAnswered()
    {
        await using var agent = Agent("sh", "-c", "echo got:; cat");
        var signals = await SayAsync(agent);
        signals[0].ShouldBeOfType<TurnSignal.Delivered>();
        signals[^1].ShouldBe(TurnSignal.Ended.Answered("got:\nwhat now\nturn 1"));
        (await agent.ArrivedAsync(Ask.Marker, default)).ShouldBeOfType<Arrival.No>();
    }

    [Fact]
    public async Task PromptAsync_PromptAndAnswerBeyondEveryPipe_DoNotBlockEachOther()
    {
        await using var agent = Agent("cat");
        var text = string.Concat(Enumerable.Repeat("0123456789\u00e9", 100_000));
        (await SayAsync(agent, new Prompt(text, "turn 1")))[^1].ShouldBe(TurnSignal.Ended.Answered(text));
    }

    [Fact]
    public async Task PromptAsync_ProgramReadsNothing_IsAnsweredAllTheSame()
    {
        await using var agent = Agent("sh", "-c", "exec 0<&-; echo done");
        (await SayAsync(agent, new Prompt(new string('x', 1_000_000), "turn 1")))[^1]
            .ShouldBe(TurnSignal.Ended.Answered("done"));
    }

    [Theory]
    [InlineData("echo half; echo it broke >&2; exit 3", AgentFailureCause.Turn, "exit code 3:\nit broke")]
    [InlineData("cat >/dev/null", AgentFailureCause.Turn, "empty reply")]
    [InlineData("echo half; kill -9 $$", AgentFailureCause.Died, "signal 9")]
    [InlineData("yes", AgentFailureCause.Turn, "more than")]
    public async Task PromptAsync_ProgramFails_SaysHow(string script, AgentFailureCause cause, string words)
    {
        await using var agent = Agent("sh", "-c", script);
        var failure = (await SayAsync(agent))[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!;
        failure.Cause.ShouldBe(cause);
        failure.Message.ShouldContain(words);
    }

    [Fact]
    public async Task PromptAsync_NotInstalled_IsAnOutage()
    {
        await using var agent = Agent("no-such-program-anywhere");
        (await agent.EnsureReadyAsync(default)).ShouldBeNull();
        (await SayAsync(agent))
            .ShouldHaveSingleItem()
            .ShouldBeOfType<TurnSignal.Ended>()
            .Failure!.Cause.ShouldBe(AgentFailureCause.Outage);
        agent.Status.Phase.ShouldBe(AgentPhase.Failed);
        (await agent.ArrivedAsync(Ask.Marker, default)).ShouldBeOfType<Arrival.No>();
    }

    [Fact]
    public async Task PromptAsync_LedgerCannotBeWritten_IsAnOutage()
    {
        Directory.CreateDirectory(_folder.File("home/run/agents.json.next"));
        await using var agent = Agent("cat");

        var failure = (await SayAsync(agent)).ShouldHaveSingleItem().ShouldBeOfType<TurnSignal.Ended>().Failure!;

        failure.Cause.ShouldBe(AgentFailureCause.Outage);
        failure.Message.ShouldContain("cannot be written");
    }

    [Fact]
    public async Task PromptAsync_Stopped_EndsTheProgramAndItsChildren()
    {
        await using var agent = Agent("sh", "-c", "echo on; sleep 1000 & wait");
        using var stop = new CancellationTokenSource();
        var signals = new List<TurnSignal>();
        await foreach (var signal in agent.PromptAsync(Ask, stop.Token))
        {
            signals.Add(signal);
            (await agent.ArrivedAsync(Ask.Marker, default)).ShouldBeOfType<Arrival.Unknown>();
            if (signal is TurnSignal.TextDelta)
                await stop.CancelAsync();
        }
        signals[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Stopped);
        agent.Status.Pid.ShouldBeNull();
    }

    [Fact]
    public async Task ArrivedAsync_PromptOfAnEarlierRun_IsUnknown()
    {
        await using var agent = Agent("cat");
        (await agent.ArrivedAsync("turn 0", default)).ShouldBeOfType<Arrival.Unknown>();
    }

    private IAgent Agent(params string[] command)
    {
        var options = new AgentOptions
        {
            Kind = AgentKind.Command,
            Command = command,
            Cwd = _folder.Path,
            Home = _folder.File("home"),
        };
        _factories.Add(new AgentFactory(options, TimeProvider.System, NullLoggerFactory.Instance));
        return _factories[^1].Create("gateway")!;
    }

    private static async Task<List<TurnSignal>> SayAsync(IAgent agent, Prompt? prompt = null)
    {
        var signals = new List<TurnSignal>();
        await foreach (var signal in agent.PromptAsync(prompt ?? Ask, default))
            signals.Add(signal);
        return signals;
    }
}
