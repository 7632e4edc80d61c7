using System.Collections.Concurrent;
using System.Text;
using Bellhop.Events;
using Bellhop.Redis.Commands;
using Bellhop.Redis.EventLists;
using Bellhop.Redis.Listener;
using Bellhop.Redis.Resp;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Redis.Terminals;

/// <summary>
/// <c>{prefix}:session:{sid}</c>: an ordinary key that is a terminal's lease for as long as it lives. Where an agent of
/// ours has the session, the key shows our own lease and takes no other.
/// </summary>
internal sealed class LeaseKeys : IDisposable
{
    private readonly KeyNames _names;
    private readonly IKeyspace _keyspace;
    private readonly TerminalLeases _terminals;
    private readonly ISessionHolders _holders;
    private readonly RowLeases _rows;
    private readonly KeyListeners _listeners;
    private readonly PubSub _pubSub;
    private readonly TimeProvider _time;

    // The connection by which a terminal last renewed: its end is a sign, and the rows it has read are the terminal's.
    private readonly ConcurrentDictionary<SessionId, long> _renewedBy = [];

    public LeaseKeys(
        KeyNames names,
        IKeyspace keyspace,
        TerminalLeases terminals,
        ISessionHolders holders,
        RowLeases rows,
        KeyListeners listeners,
        PubSub pubSub,
        TimeProvider time
    )
    {
        (_names, _keyspace, _terminals, _holders) = (names, keyspace, terminals, holders);
        (_rows, _listeners, _pubSub, _time) = (rows, listeners, pubSub, time);
        terminals.Changed += TerminalsChanged;
        holders.Changed += HolderChanged;
    }

    /// <summary>Our own lease, where the key shows it.</summary>
    public ReadOnlyMemory<byte>? Own(KeyName key) =>
        key.IsLease ? _holders.OwnLeaseOf(key.Session) : (ReadOnlyMemory<byte>?)null;

    /// <summary>Why the key cannot be written; null where it can.</summary>
    public RespError? Refusal(KeyName key) =>
        Own(key) is null
            ? null
            : new RespError(
                $"BUSY held by {_holders.HolderOf(key.Session)}: it takes the events of {key.Session}. "
                    + $"'bellhop sessions handover {key.Session}' gives it to a terminal."
            );

    /// <summary>
    /// The key may have changed: tells the registry of terminals, and returns once an agent of ours that must make room
    /// for the terminal has done so. <paramref name="client"/>: who renewed it; null where nothing was changed.
    /// </summary>
    public async Task WrittenAsync(RespClient? client, KeyName key, CancellationToken cancel)
    {
        if (!key.IsLease || Own(key) is not null)
            return;
        var now = _time.GetUtcNow();
        var (value, expiresAt) = await _keyspace.RunAsync(
            step =>
                step.Kind(key.Text) == KeyKind.String
                    ? (step.GetString(key.Text), step.ExpiresAt(key.Text))
                    : ((byte[]?)null, (DateTimeOffset?)null),
            cancel
        );
        // A key that lives for ever is no lease: nothing would ever end it.
        if (value is null || expiresAt is not { } end)
        {
            await _terminals.LeaveAsync(key.Session, cancel);
            return;
        }
        if (client is not null)
            _renewedBy[key.Session] = client.Id;
        var period = TerminalLease.Kept(end - now);
        await _terminals.RenewAsync(TerminalLease.Read(key.Session, value, period, end, now), cancel);
        await _holders.LetGoAsync(key.Session, cancel);
    }

    /// <summary>A connection ended: a terminal that renewed its lease by it may have ended, too.</summary>
    public void Left(long client)
    {
        foreach (var (session, by) in _renewedBy)
        {
            if (by == client)
                _terminals.Doubt(session);
        }
    }

    public void Dispose()
    {
        _terminals.Changed -= TerminalsChanged;
        _holders.Changed -= HolderChanged;
    }

    private void TerminalsChanged(object? sender, SessionEventArgs e)
    {
        var session = e.Session;
        if (_terminals.Of(session) is not null || !_renewedBy.TryRemove(session, out var client))
            return;
        // Its connection may hang on for long; what it has read must not wait for that.
        _rows.GiveBack([.. _rows.Of(client).Where(row => row.Session == session)]);
        Touch(session);
    }

    private void HolderChanged(object? sender, SessionEventArgs e) => Touch(e.Session);

    private void Touch(SessionId session)
    {
        _listeners.Touch(_names.Lease(session));
        // Who waits for the session need not wait for its next renewal.
        _pubSub.Publish(_names.News, Encoding.ASCII.GetBytes(session.Value));
    }
}
