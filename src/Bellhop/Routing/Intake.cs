using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>What became of bytes that came in.</summary>
/// <param name="Events">One for each body, in order; empty when nothing was stored.</param>
/// <param name="Fault">Why nothing was stored; null otherwise.</param>
/// <param name="Index">The body at fault, from 0.</param>
public sealed record IntakeResult(IReadOnlyList<AppendedEvent> Events, ReadFault? Fault = null, int Index = 0)
{
    /// <summary>Bodies kept as dead letters, because they are no events.</summary>
    public int Quarantined { get; init; }
}

/// <summary>From a producer's bytes to the disk, the same for every door: read, route, write, or say why not.</summary>
public sealed class Intake(EventReader reader, Inbox inbox)
{
    /// <summary>
    /// Stores all bodies or none. What is no event is refused, or kept as a dead letter where <paramref name="quarantine"/>
    /// says so, because its producer could not be told. <paramref name="list"/>: the session it was addressed to, if any.
    /// The bodies must stay unchanged for as long as the events live.
    /// </summary>
    public async Task<IntakeResult> TakeAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> bodies,
        EventDefaults defaults,
        SessionId? list,
        bool quarantine,
        CancellationToken cancel
    )
    {
        var rows = new List<(Event Event, string? Quarantine)>(bodies.Count);
        for (var i = 0; i < bodies.Count; i++)
        {
            var read = reader.Read(bodies[i], defaults);
            if (read.Event is { } e)
                rows.Add((e, null));
            else if (quarantine)
                rows.Add((reader.Unreadable(bodies[i], defaults), $"{read.Fault!.Code} {read.Fault.Message}"));
            else
                return new IntakeResult([], read.Fault, i);
        }
        return rows.Count == 0 ? new IntakeResult([]) : Result(await inbox.AcceptAsync(rows, list, cancel), rows);
    }

    /// <summary>Stores one body.</summary>
    public Task<IntakeResult> TakeAsync(
        ReadOnlyMemory<byte> body,
        EventDefaults defaults,
        SessionId? list,
        bool quarantine,
        CancellationToken cancel
    ) => TakeAsync([body], defaults, list, quarantine, cancel);

    /// <summary>An append in the words of a door.</summary>
    public static IntakeResult Result(AppendResult append, IReadOnlyList<(Event, string? Quarantine)> rows) =>
        append.Refusal switch
        {
            AppendRefusal.Full => Refused(Errors.Full),
            AppendRefusal.DiskFull => Refused(Errors.DiskFull),
            _ => new IntakeResult(append.Events) { Quarantined = rows.Count(r => r.Quarantine is not null) },
        };

    private static IntakeResult Refused(KnownError error) => new([], new ReadFault(error.Code, error.Message, null));
}
