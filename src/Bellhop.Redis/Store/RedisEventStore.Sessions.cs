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
        await CountAsync(
            StoreScript.Report,
            cancel,
            session.Value,
            report.KeyOrId,
            AsKey(report.KeyOrId),
            (long)report.State,
            report.Turn?.ToString() ?? "",
            Note.Clean(report.Note),
            report.Delivery is { } delivery ? delivery : ""
        ) > 0;

    /// <inheritdoc />
    public Task<int> AbandonAsync(SessionId session, string note, CancellationToken cancel) =>
        CountAsync(StoreScript.Abandon, cancel, session.Value, Note.Clean(note));

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

    private async Task<int> AllAsync(StoreScript script, CancellationToken cancel, params RedisArgument[] arguments)
    {
        var (all, slice) = (0, SliceSize);
        while (slice == SliceSize)
            all += slice = await CountAsync(script, cancel, [.. arguments, SliceSize]);
        return all;
    }
}
