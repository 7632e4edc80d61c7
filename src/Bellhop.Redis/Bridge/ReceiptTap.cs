using Bellhop.Diagnostics;
using Bellhop.Redis.Bus;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bridge;

/// <summary>Takes the receipts of terminals. Every gateway may: entering one twice changes nothing.</summary>
internal sealed class ReceiptTap(
    RedisBus bus,
    ReceiptIntake intake,
    Alarms alarms,
    TimeProvider time,
    IHostApplicationLifetime application,
    ILogger<ReceiptTap> logger
) : VitalLoop("Taking receipts from Redis", application, logger)
{
    /// <inheritdoc />
    protected override Task RunAsync(CancellationToken cancel) =>
        new ListTap(bus, bus.Keys.Receipts, alarms, time, Logger).RunAsync(intake.TakeAsync, cancel);
}
