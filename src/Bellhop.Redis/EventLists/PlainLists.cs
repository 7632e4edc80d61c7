using Bellhop.Redis.Commands;
using Bellhop.Redis.Listener;
using Bellhop.Store;

namespace Bellhop.Redis.EventLists;

/// <summary>
/// Any other list: durable in the keyspace. To the connection that moved event rows onto it, those rows stand before
/// all others until it takes them.
/// </summary>
internal sealed class PlainLists(IKeyspace keyspace, RowLeases leases, EventLists events) : IClientLists
{
    public Task<long> PushAsync(
        RespClient client,
        KeyName key,
        bool head,
        IReadOnlyList<ReadOnlyMemory<byte>> rows,
        CancellationToken cancel
    )
    {
        var claimed = leases.Of(client.Id, key.Text).Count;
        return keyspace.RunAsync(
            step =>
            {
                foreach (var row in rows)
                    step.Push(key.Text, head, row.Span);
                return claimed + step.Length(key.Text);
            },
            cancel
        );
    }

    public async Task<long> LengthAsync(RespClient client, KeyName key, CancellationToken cancel) =>
        leases.Of(client.Id, key.Text).Count + await keyspace.RunAsync(step => step.Length(key.Text), cancel);

    public async Task<bool> ExistsAsync(RespClient client, KeyName key, CancellationToken cancel) =>
        leases.Of(client.Id, key.Text).Count > 0
        || await keyspace.RunAsync(step => step.Kind(key.Text) is not null, cancel);

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> RangeAsync(
        RespClient client,
        KeyName key,
        long start,
        long stop,
        CancellationToken cancel
    )
    {
        var claimed = leases.Of(client.Id, key.Text);
        if (claimed.Count == 0)
            return Rows(await keyspace.RunAsync(step => step.Range(key.Text, start, stop), cancel));
        var all = await keyspace.RunAsync(step => step.Range(key.Text, 0, -1), cancel);
        List<ReadOnlyMemory<byte>> rows = [.. claimed.Select(row => row.Body), .. Rows(all)];
        var (first, count) = ListRange.Of(start, stop, rows.Count);
        return rows.GetRange(first, count);
    }

    public async Task<long> RemoveAsync(
        RespClient client,
        KeyName key,
        long count,
        ReadOnlyMemory<byte> value,
        CancellationToken cancel
    )
    {
        var claimed = leases
            .Of(client.Id, key.Text)
            .Where(row => row.Body.Span.SequenceEqual(value.Span))
            .Take(count <= 0 ? int.MaxValue : (int)Math.Min(count, int.MaxValue))
            .ToList();
        var taken = await TakeAsync(claimed, cancel);
        if (count > 0 && taken >= count)
            return taken;
        var rest = count > 0 ? count - taken : count;
        return taken + await keyspace.RunAsync(step => step.RemoveFromList(key.Text, rest, value.Span), cancel);
    }

    public async Task TrimAsync(RespClient client, KeyName key, long start, long stop, CancellationToken cancel)
    {
        var claimed = leases.Of(client.Id, key.Text);
        var length = await keyspace.RunAsync(step => step.Length(key.Text), cancel);
        if (claimed.Count == 0)
        {
            await RunAsync(step => step.Trim(key.Text, start, stop), cancel);
            return;
        }
        var (first, count) = ListRange.Of(start, stop, (int)Math.Min(int.MaxValue, claimed.Count + length));
        await TakeAsync([.. claimed.Where((_, index) => index < first || index >= first + count)], cancel);
        var (from, to) = (first - claimed.Count, first + count - 1 - claimed.Count);
        await RunAsync(
            step =>
            {
                if (to < 0 || count == 0)
                    step.Delete(key.Text);
                else
                    step.Trim(key.Text, Math.Max(0, from), to);
            },
            cancel
        );
    }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> PopAsync(
        RespClient client,
        KeyName key,
        bool head,
        long count,
        CancellationToken cancel
    )
    {
        var claimed = leases.Of(client.Id, key.Text);
        var front = claimed.Take(head ? (int)Math.Min(count, int.MaxValue) : 0).ToList();
        await TakeAsync(front, cancel);
        var rest = count - front.Count;
        var popped = await keyspace.RunAsync(step => Pop(step, key.Text, head, rest), cancel);
        var back = claimed.Reverse().Take(head ? 0 : (int)Math.Min(count - popped.Count, int.MaxValue)).ToList();
        await TakeAsync(back, cancel);
        return [.. front.Select(r => r.Body), .. popped, .. back.Select(r => r.Body)];
    }

    public async Task<bool> DeleteAsync(RespClient client, KeyName key, CancellationToken cancel)
    {
        var taken = await TakeAsync(leases.Of(client.Id, key.Text), cancel);
        return await keyspace.RunAsync(step => step.Delete(key.Text), cancel) || taken > 0;
    }

    private async Task<int> TakeAsync(IReadOnlyList<LeasedRow> rows, CancellationToken cancel)
    {
        var taken = 0;
        foreach (var ofSession in rows.GroupBy(row => row.Session))
            taken += await events.TakeAsync(ofSession.Key, [.. ofSession], cancel);
        return taken;
    }

    private Task<bool> RunAsync(Action<IKeyspaceTransaction> work, CancellationToken cancel) =>
        keyspace.RunAsync(
            step =>
            {
                work(step);
                return true;
            },
            cancel
        );

    private static List<ReadOnlyMemory<byte>> Pop(IKeyspaceTransaction step, string key, bool head, long count)
    {
        var rows = new List<ReadOnlyMemory<byte>>();
        while (rows.Count < count && step.Pop(key, head) is { } row)
            rows.Add(row);
        return rows;
    }

    private static List<ReadOnlyMemory<byte>> Rows(IEnumerable<byte[]> rows) =>
        [.. rows.Select(row => (ReadOnlyMemory<byte>)row)];
}
