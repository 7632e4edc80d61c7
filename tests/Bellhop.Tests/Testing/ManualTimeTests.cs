namespace Bellhop.Tests.Testing;

public sealed class ManualTimeTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Advance_PastSeveralTimers_FiresEachAtItsInstant()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        using var late = Timer("late", 5, fired);
        using var early = Timer("early", 2, fired);

        _time.Advance(TimeSpan.FromSeconds(6));

        fired.ShouldBe([("early", TimeSpan.FromSeconds(2)), ("late", TimeSpan.FromSeconds(5))]);
        (_time.GetUtcNow() - ManualTime.DefaultStart).ShouldBe(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task Advance_OverTaskDelay_CompletesIt()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _time, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(59));
        delay.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(1));

        await delay;
    }

    [Fact]
    public void Advance_PeriodicTimer_FiresEachPeriodUntilDisposed()
    {
        var count = 0;
        var timer = _time.CreateTimer(_ => count++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(3));
        timer.Dispose();
        _time.Advance(TimeSpan.FromSeconds(3));
        count.ShouldBe(3);
    }

    [Fact]
    public void ShiftWallClock_Back_LeavesTimestampsAlone()
    {
        var before = _time.GetTimestamp();
        _time.ShiftWallClock(TimeSpan.FromHours(-1));
        _time.GetTimestamp().ShouldBe(before);
        _time.GetUtcNow().ShouldBe(ManualTime.DefaultStart - TimeSpan.FromHours(1));
    }

    private ITimer Timer(string name, int seconds, List<(string, TimeSpan)> fired) =>
        _time.CreateTimer(
            _ => fired.Add((name, _time.GetUtcNow() - ManualTime.DefaultStart)),
            null,
            TimeSpan.FromSeconds(seconds),
            Timeout.InfiniteTimeSpan
        );
}
