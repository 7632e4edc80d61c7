using Bellhop.Lanes;

namespace Bellhop.Tests.Lanes;

public sealed class TurnDeadlineTests
{
    [Fact]
    public void Timers_ThatFireWhileTheTurnEnds_HarmNobody()
    {
        var time = new LateTimers();
        new TurnDeadline(new LaneOptions(), time, CancellationToken.None).Dispose();

        time.Fired.Count.ShouldBe(2);
        Should.NotThrow(() => time.Fired.ForEach(fire => fire()));
    }

    /// <summary>A clock whose timers have fired, and wait for a thread, when they are disposed of.</summary>
    private sealed class LateTimers : TimeProvider
    {
        public List<Action> Fired { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Fired.Add(() => callback(state));
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
