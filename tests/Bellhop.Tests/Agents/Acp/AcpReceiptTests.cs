using Bellhop.Agents;
using Bellhop.Agents.Acp;

namespace Bellhop.Tests.Agents.Acp;

/// <summary>What shows that the agent has the prompt where its turn came to nothing, and who is asked where nothing does.</summary>
public sealed class AcpReceiptTests : IAsyncDisposable
{
    private const string ModelError = """{"code":-32603,"message":"Internal error","data":{"details":"503 no"}}""";

    private readonly AcpFixture _acp = new();

    public ValueTask DisposeAsync() => _acp.DisposeAsync();

    [Fact]
    public async Task PromptAsync_StoppedBeforeItsFirstSign_TheAnswerIsItsReceipt()
    {
        using var stop = new CancellationTokenSource();
        var (turn, id) = await _acp.BeginAsync(stop.Token);
        await stop.CancelAsync();
        await _acp.Peer.ToldAsync();
        _acp.Peer.Respond(id, """{"stopReason":"cancelled"}""");

        (await turn).ShouldBe([
            new TurnSignal.Delivered(),
            TurnSignal.Ended.Failed(AgentFailureCause.Stopped, "The turn was stopped."),
        ]);
        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.Yes(null));
        _acp.Peer.Launches.ShouldBe(1, "it is still the process that has the prompt");
    }

    [Fact]
    public async Task PromptAsync_FirstSignWhileItIsBeingStopped_IsItsReceipt()
    {
        using var stop = new CancellationTokenSource();
        var (turn, id) = await _acp.BeginAsync(stop.Token);
        await stop.CancelAsync();
        await _acp.Peer.ToldAsync();
        _acp.Peer.Text("too late");
        _acp.Peer.Fail(id, """{"code":-32603,"message":"Request was aborted."}""");

        (await turn)[0].ShouldBe(new TurnSignal.Delivered());
        (await turn).Count.ShouldBe(2, "nobody needs what it still says");
    }

    [Fact]
    public async Task PromptAsync_StoppedAfterItsFirstSign_GivesNoSecondReceipt()
    {
        using var stop = new CancellationTokenSource();
        await _acp.ReadyAsync();
        await using var signals = _acp.Agent.PromptAsync(AcpFixture.Ask, stop.Token).GetAsyncEnumerator();
        var first = signals.MoveNextAsync().AsTask();
        var id = (await _acp.Peer.ToldAsync()).GetProperty("id").GetString();
        _acp.Peer.Text("thinking aloud");
        (await first).ShouldBeTrue();
        signals.Current.ShouldBe(new TurnSignal.Delivered());
        (await signals.MoveNextAsync()).ShouldBeTrue();

        await stop.CancelAsync();
        var next = signals.MoveNextAsync().AsTask();
        await _acp.Peer.ToldAsync();
        _acp.Peer.Respond(id, """{"stopReason":"cancelled"}""");

        (await next).ShouldBeTrue();
        signals.Current.ShouldBeOfType<TurnSignal.Ended>();
        (await signals.MoveNextAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData(ModelError, false)]
    [InlineData("""{"code":-32603}""", false)]
    [InlineData("""{"code":-32001,"message":"of its own"}""", false)]
    [InlineData("""{"code":-32000,"message":"Please log in"}""", true)]
    [InlineData("""{"code":-32602,"message":"Invalid params"}""", true)]
    [InlineData("""{"code":-32601,"message":"Method not found"}""", true)]
    [InlineData("""{"code":-32600,"message":"Invalid request"}""", true)]
    [InlineData("""{"code":-32700,"message":"Parse error"}""", true)]
    public async Task PromptAsync_Error_IsNoReceiptAndSaysWhetherItWasTurnedAway(string error, bool turnedAway)
    {
        var (turn, id) = await _acp.BeginAsync();
        _acp.Peer.Fail(id, error);

        var end = (await turn).ShouldHaveSingleItem().ShouldBeOfType<TurnSignal.Ended>();

        end.Failure!.NeverTaken.ShouldBe(turnedAway);
    }

    [Fact]
    public async Task PromptAsync_NoProcess_WasNeverTaken()
    {
        var signals = new List<TurnSignal>();
        await foreach (var signal in _acp.Agent.PromptAsync(AcpFixture.Ask, default))
            signals.Add(signal);

        signals.ShouldHaveSingleItem().ShouldBeOfType<TurnSignal.Ended>().Failure!.NeverTaken.ShouldBeTrue();
    }

    [Fact]
    public async Task ArrivedAsync_ErrorOfAnAgentThatKeptThePrompt_IsYesByTheReplay()
    {
        await FailAsync();
        _acp.Peer.History.Add(("user_message_chunk", AcpFixture.Ask.Text));

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.Yes(null));

        _acp.Peer.Calls.ShouldBe(["initialize", "session/new", "initialize", "session/load"]);
        _acp.Peer.Kills.ShouldBe(0, "it is ended in order, so that it can write down what it knows");
    }

    [Fact]
    public async Task ArrivedAsync_ErrorOfAnAgentThatDroppedThePrompt_IsNoByTheReplay()
    {
        await FailAsync();
        _acp.File.Write(new AcpSessionRecord("s-1", "bellhop-turn:1"));
        _acp.Peer.History.Add(("user_message_chunk", "hello\n\nbellhop-turn:1"));

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.No());
    }

    [Fact]
    public async Task ArrivedAsync_ErrorOfAnAgentThatLoadsNoSessions_IsUnknownAndKeepsTheConversation()
    {
        _acp.Peer.LoadsSessions = false;
        await FailAsync();

        (await _acp.Agent.ArrivedAsync(AcpFixture.Ask.Marker, default)).ShouldBe(new Arrival.Unknown());

        _acp.Peer.Launches.ShouldBe(1);
        _acp.Peer.IsDead.ShouldBeFalse();
    }

    private async Task FailAsync()
    {
        var (turn, id) = await _acp.BeginAsync();
        _acp.Peer.Fail(id, ModelError);
        await turn;
    }
}
