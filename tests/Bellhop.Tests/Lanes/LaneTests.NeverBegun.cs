using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Lanes;

/// <summary>A turn that was leased and never begun, by an agent whose transcript nobody can ask.</summary>
public sealed partial class LaneTests
{
    private static readonly ScriptedAgent.Transcript None = new() { CanBeAsked = false };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_StoppedBeforeTheTurnBegan_GivesItBack(bool isDown)
    {
        var key = await LeaseInVainAsync(isDown);

        await _stop.CancelAsync();
        await _lane;

        var delivery = (await _store.FindAsync(key)).Deliveries.ShouldHaveSingleItem();
        (delivery.State, delivery.Attempts).ShouldBe((DeliveryState.Queued, 0));
        delivery.History[^1].Note.ShouldBe("never begun: given again");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_CentralLostBeforeTheTurnBegan_WritesNothingAndGivesItInTheNextTerm(bool isDown)
    {
        using var lost = new CancellationTokenSource();
        _term = new CentralTerm(null, lost.Token);
        var key = await LeaseInVainAsync(isDown);

        await lost.CancelAsync();
        await _lane;

        StateOf(key).ShouldBe(DeliveryState.Injecting, "without the term nothing is ours to write");
        _agent.Recovers();
        _lane = Task.Run(() => _running.RunAsync(new CentralTerm(null, CancellationToken.None), _stop.Token));
        (await _store.SettledAsync(key)).Deliveries[0].State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Run_RecoveryEndsInADeadLetter_RaisesItsAlarm()
    {
        var key = await LoseCentralInATurnAsync(new ScriptedAgent(None));

        _term = new CentralTerm(null, CancellationToken.None);
        _lane = Run(new ScriptedAgent(None), _stop.Token);

        (await _store.SettledAsync(key)).Deliveries[0].State.ShouldBe(DeliveryState.Dead);
        await UntilAsync(() => _alarms.Open.Count == 1);
        _alarms.Open[0].Name.ShouldBe("dead");
        _alarms.Open[0].Message.ShouldContain("interrupted");
    }

    /// <summary>An event is leased while the agent never gets ready: since it fell, or when it is asked for the turn.</summary>
    private async Task<Ulid> LeaseInVainAsync(bool isDown)
    {
        _agent = new ScriptedAgent(None);
        Start();
        await UntilAsync(() => _agent.Starts == 1 && _running.Status.Phase == "idle");
        _agent.NeverReady();
        if (isDown)
        {
            _agent.DieIdle();
            await _agent.AskedInVain;
        }
        var key = await PushAsync("a");
        await _store.ReachedAsync(key, DeliveryState.Injecting);
        await _agent.AskedInVain;
        return key;
    }
}
