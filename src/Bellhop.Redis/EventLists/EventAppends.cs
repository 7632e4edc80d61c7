using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Commands;
using Bellhop.Routing;

namespace Bellhop.Redis.EventLists;

/// <summary>Appends rows that a client pushed. They are on disk when it returns.</summary>
internal sealed class EventAppends(Intake intake, GatewayMetrics metrics)
{
    private const string Door = "redis";

    private static readonly EventDefaults Defaults = new() { Source = "redis" };

    /// <summary>All rows in the order given, or none; what cannot be read is quarantined in its place.</summary>
    /// <exception cref="CommandFault">The store takes nothing more.</exception>
    public async Task AppendAsync(SessionId session, IReadOnlyList<ReadOnlyMemory<byte>> rows, CancellationToken cancel)
    {
        var result = await intake.TakeAsync(rows, Defaults, session, quarantine: true, cancel);
        metrics.Took(Door, result);
        if (result.Fault is { } fault)
            throw CommandFault.Of(Errors.Find(fault.Code));
    }
}
