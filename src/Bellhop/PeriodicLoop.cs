using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop;

/// <summary>Vital work that is done in rounds, the first one after the first period.</summary>
/// <param name="name">What a person calls the work, for the log.</param>
/// <param name="period">From one round to the next; rounds never overlap.</param>
/// <param name="time">The clock.</param>
/// <param name="application">Stopped when a round fails.</param>
/// <param name="logger">Told of that.</param>
public abstract class PeriodicLoop(
    string name,
    TimeSpan period,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger logger
) : VitalLoop(name, application, logger)
{
    /// <summary>The clock.</summary>
    protected TimeProvider Time => time;

    /// <inheritdoc />
    protected sealed override async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(cancel))
            await TryRoundAsync(cancel);
    }

    /// <summary>One round.</summary>
    protected abstract Task RoundAsync(DateTimeOffset now, CancellationToken cancel);

    private async Task TryRoundAsync(CancellationToken cancel)
    {
        try
        {
            await RoundAsync(time.GetUtcNow(), cancel);
        }
        catch (BellhopException e) when (e.IsPassing)
        {
            // Whoever keeps what it needs says so and why; the next round does what this one could not.
            return;
        }
    }
}
