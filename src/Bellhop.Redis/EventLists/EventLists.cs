using Bellhop.Events;
using Bellhop.Redis.Commands;
using Bellhop.Redis.Listener;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Redis.EventLists;

/// <summary>
/// <c>{prefix}:events:{sid}</c> as a client sees it: a list of the session's waiting rows, newest at the head. Reading
/// leases rows to the connection; deleting takes only what it has leased, never what came in between.
/// </summary>
internal sealed class EventLists(
    EventAppends appends,
    IEventStore store,
    SeenSessions seen,
    RowLeases leases,
    ISessionHolders holders
) : IClientLists
{
    private const string TakenNote = "taken by client";

    /// <summary>Rows read first; most lists are shorter.</summary>
    private const int FirstPage = 64;

    public async Task<long> PushAsync(
        RespClient client,
        KeyName key,
        bool head,
        IReadOnlyList<ReadOnlyMemory<byte>> rows,
        CancellationToken cancel
    )
    {
        var fresh = GiveBackMoved(client, key, rows);
        if (fresh.Count > 0)
            await appends.AppendAsync(key.Session, fresh, cancel);
        return Math.Max(1, Length(key.Session));
    }

    /// <summary>
    /// A client that moves its rows from one alias of the list to another (LRANGE, LPUSH, DEL) gives them back, each
    /// once. What it pushes where it has read is new, however alike it looks. Returns what is new.
    /// </summary>
    private List<ReadOnlyMemory<byte>> GiveBackMoved(
        RespClient client,
        KeyName key,
        IReadOnlyList<ReadOnlyMemory<byte>> rows
    )
    {
        var elsewhere = leases.Of(client.Id, key.Text).Where(lease => lease.ReadAs != key.Given).ToList();
        var (back, fresh) = (new List<LeasedRow>(), new List<ReadOnlyMemory<byte>>());
        foreach (var row in rows)
        {
            var moved = elsewhere.FindIndex(lease => lease.Body.Span.SequenceEqual(row.Span));
            if (moved < 0)
            {
                fresh.Add(row);
                continue;
            }
            back.Add(elsewhere[moved]);
            elsewhere.RemoveAt(moved);
        }
        if (back.Count > 0)
            leases.GiveBack(back);
        return fresh;
    }

    public Task<long> LengthAsync(RespClient client, KeyName key, CancellationToken cancel) =>
        Task.FromResult(Length(key.Session));

    public async Task<bool> ExistsAsync(RespClient client, KeyName key, CancellationToken cancel) =>
        leases.Of(client.Id, key.Text).Count > 0 || Length(key.Session) > 0;

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> RangeAsync(
        RespClient client,
        KeyName key,
        long start,
        long stop,
        CancellationToken cancel
    )
    {
        var view = await ViewAsync(client, key, cancel);
        var (first, count) = ListRange.Of(start, stop, view.Count);
        var shown = view.GetRange(first, count);
        if (holders.HolderOf(key.Session) is not null)
            return [.. shown.Select(row => row.Body)];
        var leased = shown
            .Where(row => leases.TryLease(client.Id, row, key.Session, key.Text, readAs: key.Given))
            .ToList();
        leases.RememberView(client.Id, key.Text, [.. view.Select(row => row.Delivery)]);
        return [.. leased.Select(row => row.Body)];
    }

    /// <summary>Takes rows equal to the value: those the client has read, or that nobody has.</summary>
    public async Task<long> RemoveAsync(
        RespClient client,
        KeyName key,
        long count,
        ReadOnlyMemory<byte> value,
        CancellationToken cancel
    )
    {
        RefuseHeld(key.Session);
        var view = await ViewAsync(client, key, cancel);
        var equal = (count < 0 ? Enumerable.Reverse(view) : view)
            .Where(row => row.Body.Span.SequenceEqual(value.Span))
            .Take(count == 0 ? int.MaxValue : (int)Math.Min(Math.Abs((decimal)count), int.MaxValue))
            .Where(row => leases.TryLease(client.Id, row, key.Session, key.Text, readAs: key.Given));
        return await TakeAsync(key.Session, Leased(client, key, equal.Select(row => row.Delivery)), cancel);
    }

    public async Task TrimAsync(RespClient client, KeyName key, long start, long stop, CancellationToken cancel)
    {
        RefuseHeld(key.Session);
        var view = leases.View(client.Id, key.Text);
        var (first, count) = ListRange.Of(start, stop, view.Count);
        var outside = view.Where((_, index) => index < first || index >= first + count);
        await TakeAsync(key.Session, Leased(client, key, outside), cancel);
    }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> PopAsync(
        RespClient client,
        KeyName key,
        bool head,
        long count,
        CancellationToken cancel
    )
    {
        var taken = new List<ReadOnlyMemory<byte>>();
        while (taken.Count < count && await ClaimAsync(client, key, head, key.Text, head, cancel) is { } row)
        {
            if (await TakeAsync(key.Session, Leased(client, key, [row.Delivery]), cancel) > 0)
                taken.Add(row.Body);
        }
        return taken;
    }

    /// <summary>Takes what the client has leased here; rows that came since stay.</summary>
    public async Task<bool> DeleteAsync(RespClient client, KeyName key, CancellationToken cancel)
    {
        RefuseHeld(key.Session);
        var existed = await ExistsAsync(client, key, cancel);
        await TakeAsync(key.Session, leases.Of(client.Id, key.Text), cancel);
        return existed;
    }

    /// <summary>Leases the row at one end, to be shown on another list. Null when there is none.</summary>
    public async Task<WaitingRow?> ClaimAsync(
        RespClient client,
        KeyName key,
        bool fromHead,
        string list,
        bool toHead,
        CancellationToken cancel
    )
    {
        RefuseHeld(key.Session);
        await seen.MarkAsync(key.Session, cancel);
        var view = await ViewAsync(client, key, cancel);
        return (fromHead ? view : Enumerable.Reverse(view)).FirstOrDefault(row =>
            leases.TryLease(client.Id, row, key.Session, list, toHead)
        );
    }

    /// <summary>
    /// Takes leased rows off for good. Those of which no receipt spoke are completed by it. Returns how many were still there.
    /// </summary>
    public async Task<int> TakeAsync(SessionId session, IReadOnlyList<LeasedRow> rows, CancellationToken cancel)
    {
        if (rows.Count == 0)
            return 0;
        await seen.MarkAsync(session, cancel);
        List<long> unreported = [.. rows.Where(row => !row.IsReported).Select(row => row.Delivery)];
        var taken = unreported.Count == 0 ? 0 : await store.TakeAsync(unreported, TakenNote, cancel);
        leases.Forget(rows);
        return taken + rows.Count - unreported.Count;
    }

    /// <exception cref="CommandFault">An agent of ours takes the session's events.</exception>
    public void RefuseHeld(SessionId session)
    {
        if (holders.HolderOf(session) is { } holder)
            throw new CommandFault($"BUSY held by {holder}: it takes the events of {session}. LRANGE shows them.");
    }

    private long Length(SessionId session)
    {
        var counts = store.Counts.Sessions.FirstOrDefault(c => c.Session == session);
        return counts is null ? 0 : Math.Max(0, counts.Accepted + counts.Queued - leases.SizeOf(session).Rows);
    }

    private List<LeasedRow> Leased(RespClient client, KeyName key, IEnumerable<long> deliveries)
    {
        var wanted = deliveries.ToHashSet();
        return [.. leases.Of(client.Id, key.Text).Where(row => wanted.Contains(row.Delivery))];
    }

    /// <summary>The oldest rows that the client may see, newest first, as many as a view shows.</summary>
    private async Task<List<WaitingRow>> ViewAsync(RespClient client, KeyName key, CancellationToken cancel)
    {
        for (var page = FirstPage; ; page *= 4)
        {
            var (leasedRows, leasedBytes) = leases.SizeOf(key.Session);
            var limit = Math.Min(page, ListenerLimits.MaxViewRows) + leasedRows;
            var maxBytes = ListenerLimits.MaxViewBytes + leasedBytes;
            var rows = await store.WaitingAsync(key.Session, limit, maxBytes, cancel);
            var bytes = 0L;
            var view = rows.Where(row => leases.IsVisible(client.Id, row.Delivery, key.Text))
                .Take(ListenerLimits.MaxViewRows)
                .TakeWhile((row, index) => (bytes += row.Body.Length) <= ListenerLimits.MaxViewBytes || index == 0)
                .ToList();
            var isWhole =
                rows.Count < limit || page >= ListenerLimits.MaxViewRows || bytes > ListenerLimits.MaxViewBytes;
            if (!isWhole)
                continue;
            view.Reverse();
            return view;
        }
    }
}
