using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

// What sessions and their terminals do.
public sealed partial class RedisEventStore
{
    /// <inheritdoc />
    public Task<int> TakeAsync(IReadOnlyList<long> deliveries, string note, CancellationToken cancel) =>
        CountAsync(StoreScript.Take, cancel, [Note.Clean(note), .. deliveries.Select(d => (RedisArgument)d)]);

    /// <inheritdoc />
    public async Task<bool> ReportAsync(SessionId session, TerminalReport report, CancellationToken cancel) =>
        await CountAsync(StoreScript.Report, cancel, [.. Words(session, report), ""]) > 0;

    /// <inheritdoc />
    public Task<int> AbandonAsync(SessionId session, string note, CancellationToken cancel) =>
        CountAsync(StoreScript.Abandon, cancel, session.Value, Note.Clean(note), "");

    /// <inheritdoc />
    public Task<int> JoinAsync(SessionId session, CancellationToken cancel) =>
        AllAsync(StoreScript.Join, cancel, session.Value);

    /// <inheritdoc />
    public Task LeaveAsync(SessionId session, CancellationToken cancel) =>
        CountAsync(StoreScript.Leave, cancel, session.Value);

    /// <inheritdoc />
    public async Task<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancel) =>
        StoreReplies.Sessions(await _scripts.ReadAsync(StoreScript.Sessions, cancel));

    /// <inheritdoc />
    public Task<int> AdoptAsync(DateTimeOffset acceptedBefore, CancellationToken cancel) =>
        AllAsync(StoreScript.Adopt, cancel, acceptedBefore.ToUnixTimeMilliseconds());

    /// <inheritdoc />
    public async Task<int> AdoptAsync(SessionId session, string note, CancellationToken cancel) =>
        session.IsGateway
            ? throw new StoreException("Central adopts from others, not from itself.")
            : await AllAsync(
                StoreScript.AdoptSession,
                cancel,
                session.Value,
                Note.Clean(note),
                Note.Clean(TerminalReport.MayHaveBegun(note))
            );

    /// <summary>
    /// A session that a lane of ours served is a terminal's now: what is queued for it goes onto its list. Returns how many.
    /// </summary>
    internal async Task<int> HandOverAsync(SessionId session, CancellationToken cancel)
    {
        var handed = 0;
        for (long? after = 0; after is { } from; )
        {
            var answer = await _scripts.ChangeAsync(StoreScript.HandOver, cancel, session.Value, from, SliceSize);
            (var count, after) = StoreReplies.Slice(answer, "handed");
            handed += count;
        }
        return handed;
    }

    /// <summary>
    /// The terminal that had central is gone: what it had in hand waits again. What a lane of ours leased stays where it is.
    /// </summary>
    internal Task<int> AbandonTerminalsAsync(string note, CancellationToken cancel) =>
        CountAsync(StoreScript.Abandon, cancel, SessionId.Gateway.Value, Note.Clean(note), "1");

    /// <summary>
    /// The same as <see cref="ReportAsync(SessionId, TerminalReport, CancellationToken)"/> of an event that nobody named: where
    /// its turn is not known, the one that the session has in hand with these very bytes.
    /// </summary>
    internal async Task<bool> ReportAsync(
        SessionId session,
        TerminalReport report,
        ReadOnlyMemory<byte> row,
        CancellationToken cancel
    ) => await CountAsync(StoreScript.Report, cancel, [.. Words(session, report), row]) > 0;

    /// <summary>Takes a row off a list whose event, <paramref name="key"/>, the store has already.</summary>
    internal Task TakeOffAsync(ListRow row, Ulid key, CancellationToken cancel) =>
        CountAsync(StoreScript.TakeOff, cancel, row.List, row.Bytes, key.ToString());

    private static RedisArgument[] Words(SessionId session, TerminalReport report) =>
        [
            session.Value,
            report.KeyOrId,
            AsKey(report.KeyOrId),
            (long)report.State,
            report.Turn?.ToString() ?? "",
            Note.Clean(report.Note),
            report.Delivery is { } delivery ? delivery : "",
        ];

    private async Task<int> AllAsync(StoreScript script, CancellationToken cancel, params RedisArgument[] arguments)
    {
        var (all, slice) = (0, SliceSize);
        while (slice == SliceSize)
            all += slice = await CountAsync(script, cancel, [.. arguments, SliceSize]);
        return all;
    }
}
