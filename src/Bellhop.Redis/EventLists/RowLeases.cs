using Bellhop.Events;
using Bellhop.Redis.Commands;
using Bellhop.Redis.Listener;
using Bellhop.Store;

namespace Bellhop.Redis.EventLists;

/// <summary>
/// Which connection has read which row. A lease lasts until the connection takes the row or closes, and only in memory:
/// after a restart every row not taken is waiting again.
/// </summary>
internal sealed class RowLeases(KeyListeners listeners, KeyNames names)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, (long Client, LeasedRow Row)> _byDelivery = [];
    private readonly Dictionary<long, ClientLeases> _byClient = [];
    private readonly Dictionary<SessionId, (int Rows, long Bytes)> _perSession = [];

    /// <summary>Waiting rows of the session that anybody has leased, and their bytes.</summary>
    public (int Rows, long Bytes) SizeOf(SessionId session)
    {
        lock (_lock)
            return _perSession.GetValueOrDefault(session);
    }

    /// <summary>The rows that a list shows to this client beside what is in it.</summary>
    public IReadOnlyList<LeasedRow> Of(long client, string list)
    {
        lock (_lock)
            return _byClient.TryGetValue(client, out var leases) ? leases.Of(list) : [];
    }

    /// <summary>True where the client may see the row on the event list: nobody has it, or itself has it there.</summary>
    public bool IsVisible(long client, long delivery, string eventList)
    {
        lock (_lock)
            return !_byDelivery.TryGetValue(delivery, out var lease)
                || (lease.Client == client && lease.Row.List == eventList);
    }

    /// <summary>
    /// Leases a row to the client, shown on <paramref name="list"/>, which it called <paramref name="readAs"/>; a row it
    /// holds moves there. False when another client was first.
    /// </summary>
    /// <exception cref="CommandFault">The client holds too many.</exception>
    public bool TryLease(
        long client,
        WaitingRow row,
        SessionId session,
        string list,
        bool head = true,
        string? readAs = null
    )
    {
        lock (_lock)
        {
            if (_byDelivery.TryGetValue(row.Delivery, out var held))
            {
                if (held.Client != client)
                    return false;
                if (held.Row.List == list)
                    return true;
                Drop(held.Row);
            }
            if (!_byClient.TryGetValue(client, out var leases))
                _byClient[client] = leases = new ClientLeases();
            if (leases.IsFull)
                throw new CommandFault(
                    "BUSY BH-4291 This connection has read too many rows and taken none; take them with DEL, LTRIM or LREM."
                );
            var leased = new LeasedRow(row.Delivery, session, row.Body, list) { ReadAs = readAs ?? list };
            leases.Add(leased, head);
            _byDelivery[row.Delivery] = (client, leased);
            Count(session, 1, row.Body.Length);
            return true;
        }
    }

    /// <summary>Remembers what the client saw of an event list, newest first.</summary>
    public void RememberView(long client, string eventList, IReadOnlyList<long> deliveries)
    {
        lock (_lock)
        {
            if (_byClient.TryGetValue(client, out var leases))
                leases.Views[eventList] = deliveries;
        }
    }

    /// <summary>What the client last saw of an event list; empty when it never looked.</summary>
    public IReadOnlyList<long> View(long client, string eventList)
    {
        lock (_lock)
            return _byClient.TryGetValue(client, out var leases) ? leases.Views.GetValueOrDefault(eventList, []) : [];
    }

    /// <summary>Everything the client has leased, on whatever list.</summary>
    public IReadOnlyList<LeasedRow> Of(long client)
    {
        lock (_lock)
            return _byClient.TryGetValue(client, out var leases) ? [.. leases.All] : [];
    }

    /// <summary>A receipt said how far the row's event is: it stays on the client's list until the client takes it off.</summary>
    public void MarkReported(LeasedRow row)
    {
        lock (_lock)
        {
            if (!_byDelivery.TryGetValue(row.Delivery, out var lease) || lease.Row.IsReported)
                return;
            var reported = lease.Row with { IsReported = true };
            _byClient[lease.Client].Replace(lease.Row, reported);
            _byDelivery[row.Delivery] = (lease.Client, reported);
            Count(row.Session, -1, -row.Body.Length);
        }
    }

    /// <summary>The rows were taken: they are leased no more.</summary>
    public void Forget(IEnumerable<LeasedRow> rows)
    {
        lock (_lock)
        {
            foreach (var row in rows)
                Drop(row);
        }
    }

    /// <summary>The rows are given back: everyone sees them again.</summary>
    public void GiveBack(IReadOnlyCollection<LeasedRow> rows)
    {
        Forget(rows);
        foreach (var session in rows.Select(r => r.Session).Distinct())
            listeners.Touch(names.EventList(session));
    }

    /// <summary>The client left: everything it had is visible again.</summary>
    public void Release(long client)
    {
        List<LeasedRow> rows;
        lock (_lock)
            rows = _byClient.TryGetValue(client, out var leases) ? [.. leases.All] : [];
        GiveBack(rows);
        lock (_lock)
            _byClient.Remove(client);
    }

    private void Drop(LeasedRow row)
    {
        if (!_byDelivery.Remove(row.Delivery, out var lease))
            return;
        _byClient[lease.Client].Remove(lease.Row);
        if (!lease.Row.IsReported)
            Count(row.Session, -1, -lease.Row.Body.Length);
    }

    private void Count(SessionId session, int rows, long bytes)
    {
        var before = _perSession.GetValueOrDefault(session);
        _perSession[session] = (before.Rows + rows, before.Bytes + bytes);
        if (_perSession[session].Rows == 0)
            _perSession.Remove(session);
    }
}
