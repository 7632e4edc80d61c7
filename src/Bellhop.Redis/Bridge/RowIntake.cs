using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Bus;
using Bellhop.Redis.Store;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Redis.Bridge;

/// <summary>
/// Takes a row off a list into the store, in one step: it stands in one of the two at any time. What is no event is kept
/// as a dead letter.
/// </summary>
internal sealed class RowIntake(RedisBus bus, EventReader reader, Router router, GatewayMetrics metrics)
{
    private const string Door = "redis";

    private static readonly EventDefaults Defaults = new() { Source = "redis" };

    /// <summary>Where the rules send it, as a producer's row for central.</summary>
    public Task TakeAsync(string list, ReadOnlyMemory<byte> row, CancellationToken cancel) =>
        TakeAsync(
            new ListRow(list, row),
            (e, isEvent) =>
                isEvent
                    ? router.Decide(e, SessionId.Gateway).Targets
                    : router.DecideWithoutRules(e, SessionId.Gateway).Targets,
            cancel
        );

    /// <summary>To central, because whose list it stands on is gone; the note says so.</summary>
    public Task AdoptAsync(ListRow row, string note, CancellationToken cancel) =>
        TakeAsync(row, (_, _) => [new Target(SessionId.Gateway, Known: true, note)], cancel);

    private async Task TakeAsync(ListRow from, Func<Event, bool, IReadOnlyList<Target>> route, CancellationToken cancel)
    {
        var row = from.Bytes;
        var store = await bus.OpeningStore.WhenOpenAsync(cancel);
        if (RowFields.Key(row) is { } key && await store.FindAsync(key.ToString(), cancel) is not null)
        {
            // We wrote it there for a terminal; the event itself is in the store, with its delivery.
            await store.TakeOffAsync(from, key, cancel);
            return;
        }
        var read = reader.Read(row, Defaults);
        var e = read.Event ?? reader.Unreadable(row, Defaults);
        var fault = read.Fault is { } f ? $"{f.Code} {f.Message}" : null;
        var arrived = new NewEvent(e, route(e, fault is null)) { Quarantine = fault };
        var result = await store.AppendFromAsync(from, arrived, cancel);
        if (result is null)
            return; // another gateway took it in this moment
        var rows = new[] { (e, fault) };
        metrics.Took(Door, Intake.Result(result, rows));
        if (result.Refusal != AppendRefusal.None)
            throw new StoreException("The store takes no more events for now.") { IsAway = true };
    }
}
