using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Lanes;

public sealed partial class LaneTests
{
    [Fact]
    public async Task Run_CentralLostInATurn_KillsTheAgentAndLeavesTheTurnToTheNext()
    {
        using var lost = new CancellationTokenSource();
        _term = new CentralTerm(null, lost.Token);
        _agent.ThenHang();
        Start();
        var key = await PushAsync("a");
        await PromptAsync();
        await UntilAsync(() => StateOf(key) == DeliveryState.Injected);

        await lost.CancelAsync();
        await _lane;

        _agent.Stopped.ShouldBeTrue();
        _running.Status.Phase.ShouldBe("standby");
        StateOf(key).ShouldBe(DeliveryState.Injected, "who comes next decides, by the journal and the transcript");
        var delivery = (await _store.FindAsync(key)).Deliveries.ShouldHaveSingleItem();
        delivery.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Run_TakenOverFromAnotherGateway_GivesTheTurnAgainAndSaysThatItMayHaveBegun()
    {
        using var lost = new CancellationTokenSource();
        _term = new CentralTerm(null, lost.Token);
        _agent.ThenHang();
        Start();
        var key = await PushAsync("a");
        await PromptAsync();
        await UntilAsync(() => StateOf(key) == DeliveryState.Injected);
        await lost.CancelAsync();
        await _lane;

        var elsewhere = new ScriptedAgent();
        _term = new CentralTerm("alpha:/home/ann", CancellationToken.None);
        _lane = Run(elsewhere, _stop.Token);

        var delivery = (await _store.SettledAsync(key)).Deliveries.ShouldHaveSingleItem();
        delivery.State.ShouldBe(DeliveryState.Completed);
        delivery.History.ShouldContain(h =>
            h.Note != null && h.Note.Contains("alpha:/home/ann was central and may have begun it")
        );
        (await elsewhere.Prompts.ReadAsync()).Text.ShouldContain("t.a");
    }

    [Fact]
    public async Task Run_CentralAgainOnTheSameTranscript_GivesNothingTwice()
    {
        using var lost = new CancellationTokenSource();
        _term = new CentralTerm(null, lost.Token);
        var transcript = new ScriptedAgent.Transcript();
        _agent = new ScriptedAgent(transcript).ThenHang();
        Start();
        var key = await PushAsync("a");
        await PromptAsync();
        await UntilAsync(() => StateOf(key) == DeliveryState.Injected);
        await lost.CancelAsync();
        await _lane;

        var again = new ScriptedAgent(transcript);
        _term = new CentralTerm(null, CancellationToken.None);
        _lane = Run(again, _stop.Token);

        await _store.SettledAsync(key);
        (await again.Prompts.ReadAsync()).Text.ShouldNotContain("t.a", customMessage: "the transcript holds it");
    }

    private DeliveryState StateOf(Ulid key) => _store.FindAsync(key).GetAwaiter().GetResult().Deliveries[0].State;
}
