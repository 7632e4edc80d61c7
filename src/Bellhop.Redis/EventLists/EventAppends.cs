using Bellhop.Events;
using Bellhop.Redis.Commands;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Redis.EventLists;

/// <summary>Appends rows that a client pushed. They are on disk when it returns.</summary>
internal sealed class EventAppends(Inbox inbox, EventReader reader)
{
    private static readonly EventDefaults Defaults = new() { Source = "redis" };

    /// <summary>Events as one append in the order given; what cannot be read is quarantined beside them.</summary>
    /// <exception cref="CommandFault">The store takes nothing more.</exception>
    public async Task AppendAsync(SessionId session, IReadOnlyList<ReadOnlyMemory<byte>> rows, CancellationToken cancel)
    {
        // Started one after another without a wait between them, so that rows are stored in the order they came.
        var (events, appends) = (new List<Event>(rows.Count), new List<Task<AppendResult>>(1));
        foreach (var row in rows)
        {
            var read = reader.Read(row, Defaults);
            if (read.Event is { } readable)
                events.Add(readable);
            else
                appends.Add(QuarantineAsync(session, row, read.Fault!, cancel));
        }
        if (events.Count > 0)
            appends.Add(inbox.AcceptAsync(events, session, cancel));
        foreach (var append in await Task.WhenAll(appends))
            Check(append.Refusal);
    }

    private Task<AppendResult> QuarantineAsync(
        SessionId session,
        ReadOnlyMemory<byte> row,
        ReadFault fault,
        CancellationToken cancel
    ) => inbox.QuarantineAsync(reader.Unreadable(row, Defaults), $"{fault.Code} {fault.Message}", session, cancel);

    private static void Check(AppendRefusal refusal)
    {
        switch (refusal)
        {
            case AppendRefusal.None:
                return;
            case AppendRefusal.DiskFull:
                throw new CommandFault(
                    "MISCONF BH-5071 The disk is full: nothing was stored. Make room and send it again."
                );
            case AppendRefusal.Full:
            default:
                throw new CommandFault(
                    "BUSY BH-4291 Too many events wait or too little disk is free: nothing was stored. Send it again later."
                );
        }
    }
}
