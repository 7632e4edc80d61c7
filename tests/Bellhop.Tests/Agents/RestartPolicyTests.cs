using Bellhop.Agents;

namespace Bellhop.Tests.Agents;

public sealed class RestartPolicyTests
{
    private readonly Clock _clock = new();
    private readonly RestartPolicy _policy;

    public RestartPolicyTests() => _policy = new RestartPolicy(_clock, () => 1);

    [Fact]
    public void Pause_GrowsWithEveryDeathAndPasses()
    {
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add(_policy.Pause.TotalSeconds);
            _policy.Died();
        }
        pauses.ShouldBe([0, 0, 0.5, 1, 2, 4, 8, 8]);
        _clock.Advance(TimeSpan.FromSeconds(3));
        _policy.Pause.ShouldBe(TimeSpan.FromSeconds(5));
        _policy.Worked();
        _policy.Pause.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void IsOpen_FiveStartsCameToNothing_UntilTheHoldIsOver()
    {
        for (var i = 0; i < 5; i++)
        {
            _policy.IsOpen.ShouldBeFalse();
            _policy.FailedToStart();
        }
        _policy.IsOpen.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(31));
        _policy.IsOpen.ShouldBeFalse();
        _policy.FailedToStart();
        _policy.IsOpen.ShouldBeTrue();
        _policy.Started();
        _policy.IsOpen.ShouldBeFalse();
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
