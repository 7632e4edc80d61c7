using Bellhop.Events;
using Bellhop.Redis.Resp;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

// What people and listings ask, and what is kept for them.
public sealed partial class RedisEventStore
{
    /// <inheritdoc />
    public async Task<Receipt?> FindAsync(string keyOrId, CancellationToken cancel) =>
        await _scripts.ReadAsync(StoreScript.Find, cancel, keyOrId, AsKey(keyOrId)) is RespAggregate found
            ? StoreReplies.Receipt(found)
            : null;

    /// <inheritdoc />
    public async Task<IReadOnlyList<DeliverySummary>> ListAsync(DeliveryQuery query, CancellationToken cancel)
    {
        if (query.Limit is < 1 or > 1_000)
            throw new StoreException($"A listing has 1 to 1,000 rows, not {query.Limit:N0}.");
        var page = new List<DeliverySummary>();
        for (var before = query.Before ?? 1L << 52; before > 0 && page.Count < query.Limit; )
        {
            var answer = await _scripts.ReadAsync(
                StoreScript.List,
                cancel,
                before,
                query.Session?.Value ?? "",
                query.State is { } state ? (long)state : 0,
                query.Limit - page.Count,
                query.HideDismissed ? "1" : "0"
            );
            before = StoreReplies.Number(StoreReplies.Items(answer)[0]);
            var rows = StoreReplies.Deliveries(StoreReplies.Items(answer).Skip(1));
            page.AddRange(rows.Select(d => d.Delivery.Summary(d.Event)));
        }
        return page;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<SessionId>?> ReplayAsync(
        string keyOrId,
        SessionId? session,
        CancellationToken cancel
    ) =>
        StoreReplies.Replayed(
            await _scripts.ChangeAsync(StoreScript.Replay, cancel, keyOrId, AsKey(keyOrId), session?.Value ?? "")
        );

    /// <inheritdoc />
    public async Task<int?> DismissAsync(string keyOrId, CancellationToken cancel) =>
        await _scripts.ChangeAsync(StoreScript.Dismiss, cancel, keyOrId, AsKey(keyOrId)) is RespBulk answer
        && answer.ToString() != "null"
            ? (int)StoreReplies.Number(answer)
            : null;

    /// <inheritdoc />
    public async Task<IReadOnlyList<WaitingRow>> WaitingAsync(
        SessionId session,
        int limit,
        long maxBytes,
        CancellationToken cancel
    ) => StoreReplies.Waiting(await _scripts.ReadAsync(StoreScript.Waiting, cancel, session.Value, limit, maxBytes));

    /// <inheritdoc />
    public async Task<DateTimeOffset?> OldestWaitingAsync(SessionId session, CancellationToken cancel) =>
        await _scripts.ReadAsync(StoreScript.Oldest, cancel, session.Value) is RespInteger oldest
            ? DateTimeOffset.FromUnixTimeMilliseconds(oldest.Value)
            : null;

    /// <inheritdoc />
    public async Task<int> PurgeAsync(Retention retention, CancellationToken cancel)
    {
        var purged = 0;
        for (long? after = 0; after is { } from; )
        {
            var answer = await _scripts.ChangeAsync(
                StoreScript.Purge,
                cancel,
                from,
                retention.EndedBefore.ToUnixTimeMilliseconds(),
                retention.DismissedBefore.ToUnixTimeMilliseconds()
            );
            (var events, after) = StoreReplies.Slice(answer, "purged");
            purged += events;
        }
        return purged;
    }

    /// <summary>The key that the text may be, as scripts know it; empty where it can be none.</summary>
    private static string AsKey(string keyOrId) => Ulid.TryParse(keyOrId, out var key) ? key.ToString() : "";
}
