using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Tests;

public sealed class PeriodicLoopTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly ManualTime _time = new();
    private readonly FakeApplication _application = new();
    private readonly LogCapture _logs = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Round_FailsUnexpectedly_StopsTheApplicationAndSaysWhy()
    {
        using var loop = await StartAsync(() => throw new StoreException("the disk fell out"));

        _time.Advance(Period);

        await _application.Stopped.WaitAsync(Cancel);
        (await Should.ThrowAsync<StoreException>(loop.ExecuteTask!)).Message.ShouldBe("the disk fell out");
        _logs.Text.ShouldContain("Critical Sweeping stopped on its own; the gateway stops");
        _logs.Text.ShouldContain("the disk fell out");
    }

    [Fact]
    public async Task Round_CancelledByItself_StopsTheApplicationToo()
    {
        using var loop = await StartAsync(() => throw new OperationCanceledException());

        _time.Advance(Period);

        await _application.Stopped.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Stop_BetweenRounds_EndsQuietly()
    {
        using var loop = await StartAsync(() => { });

        await loop.StopAsync(Cancel);

        loop.ExecuteTask!.Status.ShouldBe(TaskStatus.RanToCompletion);
        _application.Stopped.IsCompleted.ShouldBeFalse();
        _logs.Text.ShouldBeEmpty();
    }

    [Fact(Timeout = 30_000)]
    public async Task Period_ChangesWhileItRuns_HoldsFromTheNextRoundOn()
    {
        var period = Period;
        using var loop = await StartAsync(() => { }, () => period);
        period = Period / 4;

        _time.Advance(Period);

        while (_time.NextTimerIn != Period / 4)
            await Task.Yield();
        await loop.StopAsync(Cancel);
    }

    private async Task<Sweeping> StartAsync(Action round, Func<TimeSpan>? period = null)
    {
        var loop = new Sweeping(round, period ?? (() => Period), _time, _application, _logs.CreateLogger("test"));
        await loop.StartAsync(Cancel);
        await _time.SomebodySleepsAsync();
        return loop;
    }

    private sealed class Sweeping(
        Action round,
        Func<TimeSpan> period,
        TimeProvider time,
        IHostApplicationLifetime application,
        ILogger logger
    ) : PeriodicLoop("Sweeping", period, time, application, logger)
    {
        protected override Task RoundAsync(DateTimeOffset now, CancellationToken cancel)
        {
            round();
            return Task.CompletedTask;
        }
    }
}
