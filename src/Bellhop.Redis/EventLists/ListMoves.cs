using Bellhop.Redis.Commands;
using Bellhop.Redis.Listener;
using Bellhop.Store;

namespace Bellhop.Redis.EventLists;

/// <summary>Moves a row from one end of a list to one end of another.</summary>
internal sealed class ListMoves(IKeyspace keyspace, RowLeases leases, EventLists events)
{
    /// <summary>The row, or null when the source is empty.</summary>
    public async Task<ReadOnlyMemory<byte>?> MoveAsync(
        RespClient client,
        KeyName from,
        KeyName to,
        bool fromHead,
        bool toHead,
        CancellationToken cancel
    )
    {
        if (from.Role is KeyRole.Sessions or KeyRole.Receipts || to.Role is KeyRole.Sessions or KeyRole.Receipts)
            throw CommandFault.WrongKind();
        if (from.Role == KeyRole.EventList)
            return await ClaimAsync(client, from, to, fromHead, toHead, cancel);
        var claimed = leases.Of(client.Id, from.Text);
        if (claimed.Count > 0 && (fromHead || await IsEmptyAsync(from, cancel)))
            return MoveClaimed(client, claimed[fromHead ? 0 : claimed.Count - 1], to, toHead);
        if (to.Role == KeyRole.EventList)
            throw new CommandFault("ERR Events enter by LPUSH only; LPUSH the row, then LREM it here.");
        return await keyspace.RunAsync(
            step =>
            {
                if (step.Length(from.Text) == 0)
                    return (ReadOnlyMemory<byte>?)null;
                CheckIsList(step, to.Text);
                var row = step.Pop(from.Text, fromHead)!;
                step.Push(to.Text, toHead, row);
                return row;
            },
            cancel
        );
    }

    private async Task<ReadOnlyMemory<byte>?> ClaimAsync(
        RespClient client,
        KeyName from,
        KeyName to,
        bool fromHead,
        bool toHead,
        CancellationToken cancel
    )
    {
        if (to.Role == KeyRole.EventList && to.Session != from.Session)
            throw new CommandFault("ERR Events enter by LPUSH only; LPUSH the row there, then LREM it here.");
        if (to.Role == KeyRole.Plain)
            await keyspace.RunAsync(step => CheckIsList(step, to.Text), cancel);
        return (await events.ClaimAsync(client, from, fromHead, to.Text, toHead, cancel))?.Body;
    }

    /// <summary>Onto its own event list: given back. Onto another list: leased there.</summary>
    private ReadOnlyMemory<byte> MoveClaimed(RespClient client, LeasedRow row, KeyName to, bool toHead)
    {
        if (to.Role == KeyRole.Plain)
            leases.TryLease(client.Id, new WaitingRow(row.Delivery, "", row.Body), row.Session, to.Text, toHead);
        else if (to.Session == row.Session)
            leases.GiveBack([row]);
        else
            throw new CommandFault("ERR Events enter by LPUSH only; LPUSH the row there, then LREM it here.");
        return row.Body;
    }

    private Task<bool> IsEmptyAsync(KeyName key, CancellationToken cancel) =>
        keyspace.RunAsync(step => step.Length(key.Text) == 0, cancel);

    private static bool CheckIsList(IKeyspaceTransaction step, string key) =>
        step.Kind(key) is null or KeyKind.List ? true : throw new WrongKindException();
}
