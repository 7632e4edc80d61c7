using Bellhop.Store;

namespace Bellhop.Tests.Lanes;

/// <summary>What cannot be put into words ends no lane.</summary>
public sealed partial class LaneTests
{
    private TimeProvider? _composersClock;

    [Fact]
    public async Task Run_PromptCannotBeWritten_IsDeadWithOneAlarmAndTheLaneGoesOn()
    {
        var clock = new BrokenClock();
        _composersClock = clock;
        Start();
        var key = await PushAsync("a");

        var delivery = (await AdvanceUntilSettledAsync(key)).Deliveries.ShouldHaveSingleItem();

        delivery.State.ShouldBe(DeliveryState.Dead);
        delivery.Reason.ShouldBe("its prompt cannot be written: no words");
        await UntilAsync(() => _alarms.Open.Count > 0);
        _alarms.Open.ShouldHaveSingleItem().Name.ShouldBe("dead");
        clock.IsMended = true;
        var next = await PushAsync("b");
        (await AdvanceUntilSettledAsync(next)).Deliveries[0].State.ShouldBe(DeliveryState.Completed);
    }

    private sealed class BrokenClock : TimeProvider
    {
        public volatile bool IsMended;

        public override DateTimeOffset GetUtcNow() =>
            IsMended ? base.GetUtcNow() : throw new InvalidOperationException("no words");
    }
}
