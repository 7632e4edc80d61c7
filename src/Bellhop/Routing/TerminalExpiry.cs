using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Routing;

/// <summary>Notices terminals that do not renew their lease, or whose process is gone.</summary>
public sealed partial class TerminalExpiry(
    TerminalLeases terminals,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<TerminalExpiry> logger
) : VitalLoop("The look after terminals", application, logger)
{
    // As long as a lane rests after a full disk at first; what a terminal left can wait for that.
    private static readonly TimeSpan DiskFullRest = TimeSpan.FromSeconds(5);

    // A look that comes later than this was not merely slow: the machine slept, and the terminals on it as well.
    private static readonly TimeSpan Slept = TimeSpan.FromSeconds(30);

    // A lease may be for years; no timer counts that far. Who has nothing to do by then looks and waits again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var changed = terminals.NextChange;
            var wait = terminals.NextLook - time.GetUtcNow();
            if (wait is not { } left)
                await changed.WaitAsync(cancel);
            else if (left > TimeSpan.Zero)
                await WaitAsync(changed, left < LongestWait ? left : LongestWait, cancel);
            else if (left < -Slept)
                terminals.Prolong();
            else
                await LookAsync(cancel);
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        try
        {
            await terminals.LookAsync(cancel);
        }
        catch (StoreException e) when (e.IsDiskFull)
        {
            Log.DiskFull(Logger, e.Message);
            await Task.Delay(DiskFullRest, time, cancel);
        }
    }

    private async Task WaitAsync(Task changed, TimeSpan wait, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // A timer counts whole milliseconds and would ring too early for the rest.
        var rounded = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        await Task.WhenAny(changed, Task.Delay(rounded, time, enough.Token));
        await enough.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }

    private static partial class Log
    {
        [LoggerMessage(213, LogLevel.Warning, "What a terminal left cannot be given on yet: {Reason}")]
        public static partial void DiskFull(ILogger logger, string reason);
    }
}
