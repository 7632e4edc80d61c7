using Bellhop.Agents;
using Bellhop.Agents.Acp;

namespace Bellhop.Tests.Agents.Acp;

/// <summary>Coming up, dying, being stopped, and what the replay of a session proves.</summary>
public sealed class AcpAgentTests : IAsyncDisposable
{
    private const string User = "user_message_chunk";
    private const string Reply = "agent_message_chunk";

    private readonly AcpFixture _acp = new();

    public ValueTask DisposeAsync() => _acp.DisposeAsync();

    [Fact]
    public async Task EnsureReadyAsync_AfterARestart_LoadsTheSameSession()
    {
        await _acp.ReadyAsync();
        _acp.File.Read().ShouldBe(new AcpSessionRecord("s-1", null));
        await _acp.RestartAsync();
        await _acp.ReadyAsync();

        _acp.Peer.Calls.ShouldBe(["initialize", "session/new", "initialize", "session/load"]);
    }

    [Fact]
    public async Task EnsureReadyAsync_AgentLoadsNoSessions_BeginsAnew()
    {
        _acp.Peer.LoadsSessions = false;
        await _acp.ReadyAsync();
        await _acp.RestartAsync();
        await _acp.ReadyAsync();

        _acp.Peer.Calls.ShouldBe(["initialize", "session/new", "initialize", "session/new"]);
    }

    [Fact]
    public async Task EnsureReadyAsync_AgentHasLostTheSession_BeginsAnew()
    {
        _acp.File.Write(new AcpSessionRecord("s-old", "bellhop-turn:1"));
        _acp.Peer.LoadError = """{"code":-32602,"message":"Invalid params","data":"Unknown sessionId"}""";
        await _acp.ReadyAsync();

        _acp.Peer.Calls.ShouldBe(["initialize", "session/load", "session/new"]);
        _acp.File.Read().ShouldBe(new AcpSessionRecord("s-1", null));
    }

    [Fact]
    public async Task EnsureReadyAsync_WantsALogin_SaysTheMendAndKeepsTheSession()
    {
        _acp.File.Write(new AcpSessionRecord("s-old", null));
        _acp.Peer.LoadError = _acp.Peer.NewError = """{"code":-32000,"message":"Authentication required"}""";

        var failure = await _acp.Agent.EnsureReadyAsync(default);

        failure!.Cause.ShouldBe(AgentFailureCause.Outage);
        failure.Message.ShouldContain("Log in");
        _acp.Peer.IsDead.ShouldBeTrue();
        _acp.File.Read()!.SessionId.ShouldBe("s-old");
    }

    [Fact]
    public async Task EnsureReadyAsync_OtherVersionOfTheProtocol_IsRefused()
    {
        _acp.Peer.ProtocolVersion = 2;
        (await _acp.Agent.EnsureReadyAsync(default))!.Message.ShouldContain("speaks version 2 of ACP");
        _acp.Peer.IsDead.ShouldBeTrue();
    }

    [Fact]
    public async Task EnsureReadyAsync_NoAnswer_IsKilledAndSaysSo()
    {
        await using var acp = new AcpFixture(readyTimeout: TimeSpan.FromMilliseconds(300));
        acp.Peer.Answers = false;
        (await acp.Agent.EnsureReadyAsync(default))!.Message.ShouldContain("did not answer");
        acp.Peer.IsDead.ShouldBeTrue();
    }

    [Fact]
    public async Task PromptAsync_DiesInTheTurn_EndsWithItsLastWords()
    {
        var (turn, _) = await _acp.BeginAsync();
        _acp.Peer.Text("half");
        _acp.Peer.Die();

        var end = (await turn)[^1].ShouldBeOfType<TurnSignal.Ended>();

        end.Failure!.Cause.ShouldBe(AgentFailureCause.Died);
        end.Failure.Message.ShouldContain("out of memory");
        await _acp.ReadyAsync();
        _acp.Peer.Launches.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"stopReason":"cancelled"}""")]
    [InlineData("""{"stopReason":"end_turn"}""")]
    public async Task PromptAsync_Stopped_CancelsAndKeepsTheProcess(string result)
    {
        using var stop = new CancellationTokenSource();
        var (turn, id) = await _acp.BeginAsync(stop.Token);
        await stop.CancelAsync();

        var told = await _acp.Peer.ToldAsync();
        told.GetProperty("method").GetString().ShouldBe("session/cancel");
        told.TryGetProperty("id", out _).ShouldBeFalse("a notification");
        _acp.Peer.Respond(id, result);

        (await turn)[^1].ShouldBe(TurnSignal.Ended.Failed(AgentFailureCause.Stopped, "The turn was stopped."));
        _acp.Peer.Kills.ShouldBe(0);
    }

    [Fact]
    public async Task PromptAsync_StoppedWhileItAsksLeave_IsNoYes()
    {
        using var stop = new CancellationTokenSource();
        var (turn, id) = await _acp.BeginAsync(stop.Token);
        await stop.CancelAsync();
        await _acp.Peer.ToldAsync();
        _acp.Peer.Say(
            """{"jsonrpc":"2.0","id":1,"method":"session/request_permission","params":{"sessionId":"s-1","options":[{"optionId":"no","kind":"reject_once"}]}}"""
        );

        var answer = await _acp.Peer.ToldAsync();
        answer.GetProperty("result").GetProperty("outcome").GetProperty("outcome").GetString().ShouldBe("cancelled");
        _acp.Peer.Fail(id, """{"code":-32603,"message":"Request was aborted."}""");

        (await turn)[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Stopped);
        _acp.Peer.Kills.ShouldBe(0, "an error ends the turn as well");
    }

    [Fact]
    public async Task PromptAsync_StoppedAndDeaf_IsKilled()
    {
        using var stop = new CancellationTokenSource();
        var (turn, _) = await _acp.BeginAsync(stop.Token);
        await stop.CancelAsync();

        (await turn)[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Stopped);
        _acp.Peer.Kills.ShouldBe(1);
    }

    [Fact]
    public async Task ArrivedAsync_StoodInThisProcess_IsYes()
    {
        await _acp.PlayAsync(peer => peer.Text("done"));

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.Yes(null));
        _acp.Peer.Launches.ShouldBe(1);
        _acp.File.Read()!.Answered.ShouldBe(AcpFixture.Ask.Marker);
    }

    [Fact]
    public async Task ArrivedAsync_NeverPromptedAnybody_IsNo() =>
        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.No());

    [Fact]
    public async Task ArrivedAsync_MarkerInTheReplay_IsYesWithoutAnAnswer()
    {
        await DieInATurnAsync(known: null);
        Replay((User, "do it\n\nbellhop-"), (User, "turn:2"), (Reply, "half an ans"));

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(
            new Arrival.Yes(null),
            "nothing tells whether that reply was complete"
        );
        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.Yes(null));
        _acp.Peer.Launches.ShouldBe(2, "the process that was asked is the one that goes on");
        await _acp.ReadyAsync();
        _acp.Peer.Launches.ShouldBe(2);
    }

    [Fact]
    public async Task ArrivedAsync_ReplayReachesBackAndDoesNotHoldIt_IsNo()
    {
        await DieInATurnAsync(known: "bellhop-turn:1");
        Replay((User, "hello\n\nbellhop-turn:1"), (Reply, "bellhop-turn:2 is what I was told"));

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.No());
    }

    [Theory]
    [InlineData(null, "hello")]
    [InlineData("bellhop-turn:1", "a summary of what was said")]
    [InlineData("bellhop-turn:1", null)]
    public async Task ArrivedAsync_ReplayProvesNothing_IsUnknown(string? known, string? history)
    {
        await DieInATurnAsync(known);
        if (history is not null)
            Replay((User, history));

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.Unknown());
    }

    [Fact]
    public async Task ArrivedAsync_AgentLoadsNoSessions_IsUnknown()
    {
        _acp.Peer.LoadsSessions = false;
        await DieInATurnAsync(known: "bellhop-turn:1");

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.Unknown());
    }

    [Fact]
    public async Task ArrivedAsync_AgentDoesNotComeUp_IsUnknownAfterAWhile()
    {
        await DieInATurnAsync(known: "bellhop-turn:1");
        _acp.Peer.ProtocolVersion = 2;

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.Unknown());
        _acp.Peer.IsDead.ShouldBeTrue();
    }

    [Fact]
    public async Task ArrivedAsync_FileSpoilt_IsUnknown()
    {
        _acp.WriteFile("{\"sessi");
        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.Unknown());
    }

    [Fact]
    public async Task ArrivedAsync_Refused_AsksTheAgentInsteadOfItsOwnMemory()
    {
        await _acp.PlayAsync(peer => peer.Text("no"), """{"stopReason":"refusal"}""");
        _acp.File.Write(new AcpSessionRecord("s-1", "bellhop-turn:1"));
        Replay((User, "hello\n\nbellhop-turn:1"));

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.No());
    }

    private void Replay(params (string Kind, string Text)[] history) => _acp.Peer.History.AddRange(history);

    private async Task DieInATurnAsync(string? known)
    {
        await _acp.ReadyAsync();
        if (known is not null)
            _acp.File.Write(new AcpSessionRecord("s-1", known));
        var (turn, _) = await _acp.BeginAsync();
        _acp.Peer.Text("half");
        _acp.Peer.Die();
        await turn;
        await _acp.RestartAsync();
    }
}
