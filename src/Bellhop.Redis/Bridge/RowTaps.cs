using Bellhop.Diagnostics;
using Bellhop.Redis.Bus;
using Bellhop.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bridge;

/// <summary>While this gateway is central: what producers push for central goes into the store, from all three of its lists.</summary>
internal sealed class RowTaps(
    RedisBus bus,
    ICentral central,
    RowIntake intake,
    Orphans orphans,
    Alarms alarms,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<RowTaps> logger
) : VitalLoop("Taking events from Redis", application, logger)
{
    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var term = await central.TermAsync(cancel);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, term.Lost);
            try
            {
                await AllOrNoneAsync(
                    [.. bus.Keys.CentralLists.Select(list => TapAsync(list, either.Token)), ClaimsAsync(either.Token)],
                    either
                );
            }
            catch (OperationCanceledException) when (term.Lost.IsCancellationRequested)
            {
                continue;
            }
        }
    }

    /// <summary>None of them ends by itself: where one breaks, the others must not go on as if nothing was.</summary>
    private static async Task AllOrNoneAsync(Task[] taps, CancellationTokenSource all)
    {
        await Task.WhenAny(taps);
        await all.CancelAsync();
        await Task.WhenAll(taps);
    }

    private Task TapAsync(string list, CancellationToken cancel) =>
        new ListTap(bus, list, alarms, time, Logger).RunAsync((row, stop) => intake.TakeAsync(list, row, stop), cancel);

    /// <summary>What a terminal that held central before us had in hand: its lease has ended, or we would not hold it.</summary>
    private Task ClaimsAsync(CancellationToken cancel)
    {
        var claims = bus.Keys.Claims(default);
        return new ListTap(bus, claims, alarms, time, Logger).RunAsync(
            (row, stop) => orphans.AdoptClaimAsync(default, row, "its terminal is gone", stop),
            cancel
        );
    }
}
