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
        var key = await LoseCentralInATurnAsync(_agent);

        _agent.Stopped.ShouldBeTrue();
        _running.Status.Phase.ShouldBe("standby");
        StateOf(key).ShouldBe(DeliveryState.Injected, "who comes next decides, by the journal and the transcript");
        var delivery = (await _store.FindAsync(key)).Deliveries.ShouldHaveSingleItem();
        delivery.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Run_TakenOverFromAnotherGateway_GivesTheTurnAgainAndSaysThatItMayHaveBegun()
    {
        var key = await LoseCentralInATurnAsync(_agent);

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
        var transcript = new ScriptedAgent.Transcript();
        var key = await LoseCentralInATurnAsync(new ScriptedAgent(transcript));

        var again = new ScriptedAgent(transcript);
        _term = new CentralTerm(null, CancellationToken.None);
        _lane = Run(again, _stop.Token);

        await _store.SettledAsync(key);
        (await again.Prompts.ReadAsync()).Text.ShouldNotContain("t.a", customMessage: "the transcript holds it");
    }

    /// <summary>An event is in the agent's hand when central is lost; returns when the lane has let go of it.</summary>
    private async Task<Ulid> LoseCentralInATurnAsync(ScriptedAgent agent)
    {
        using var lost = new CancellationTokenSource();
        _term = new CentralTerm(null, lost.Token);
        _agent = agent.ThenHang();
        Start();
        var key = await PushAsync("a");
        await PromptAsync();
        await LastsAsync(key);
        await lost.CancelAsync();
        await _lane;
        return key;
    }

    private DeliveryState StateOf(Ulid key) => _store.FindAsync(key).GetAwaiter().GetResult().Deliveries[0].State;
}
