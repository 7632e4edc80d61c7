using Bellhop.Events;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Routing;

/// <summary>
/// Which terminals are there, whoever says so: our own listener or a bridge to a Redis. A terminal is there while its
/// lease is renewed; the end of one is dealt with here, before anybody else may take its session.
/// </summary>
public sealed partial class TerminalLeases(
    IEventStore store,
    SessionRegistry registry,
    ITerminalRecords records,
    TimeProvider time,
    ILogger<TerminalLeases> logger
) : IDisposable
{
    // A process that is killed closes its connections a moment before it is gone from the list of processes.
    private static readonly TimeSpan DeathTakes = TimeSpan.FromSeconds(1);

    // One change at a time: a session must not get a new terminal while the end of the old one is being dealt with.
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<SessionId, TerminalLease> _live = [];
    private readonly Dictionary<SessionId, DateTimeOffset> _doubts = [];
    private readonly Dictionary<SessionId, int> _listeners = [];
    private TaskCompletionSource _changed = Fresh();

    /// <summary>A session has, or no longer has, a terminal or somebody who listens. Take note and return.</summary>
    public event EventHandler<SessionEventArgs>? Changed;

    /// <summary>All that are there.</summary>
    public IReadOnlyList<TerminalLease> Live
    {
        get
        {
            lock (_lock)
                return [.. _live.Values];
        }
    }

    /// <summary>The session's terminal, or null.</summary>
    public TerminalLease? Of(SessionId session)
    {
        lock (_lock)
            return _live.GetValueOrDefault(session);
    }

    /// <summary>Clients that listen on the session's notify channel now, with or without a lease.</summary>
    public int ListenersOf(SessionId session)
    {
        lock (_lock)
            return _listeners.GetValueOrDefault(session);
    }

    /// <summary>Reads who was there in the last run. Each gets one whole period to say that it still is.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        foreach (var record in await records.LoadAsync(cancel))
        {
            // Clamped here as well: a longer one may be on disk from before.
            var period = TerminalLease.Kept(record.Period);
            var lease = TerminalLease.Read(record.Session, record.Json, period, now + period, now);
            lock (_lock)
                _live[record.Session] = lease;
        }
    }

    /// <summary>
    /// A terminal came or is still there. It joins the set that producers read; another terminal that had the session is
    /// gone with that.
    /// </summary>
    public async Task RenewAsync(TerminalLease lease, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var before = Of(lease.Session);
            if (before is not null && !before.IsOfSameTerminal(lease))
            {
                await EndAsync(before, "another terminal has its session", cancel);
                before = null;
            }
            if (!registry.IsMember(lease.Session))
                await registry.JoinAsync(lease.Session, cancel);
            if (before is null || before.Period != lease.Period)
                await records.SaveAsync(new TerminalRecord(lease.Session, lease.Period, lease.Json), cancel);
            lock (_lock)
            {
                _live[lease.Session] = lease with { Since = before?.Since ?? lease.Since };
                _doubts.Remove(lease.Session);
            }
            if (before is null)
                Log.Came(logger, lease.Session, lease.Who);
        }
        finally
        {
            _one.Release();
        }
        Announce(lease.Session);
    }

    /// <summary>The session's terminal says that it leaves. Its events are where they belong when this returns.</summary>
    public Task LeaveAsync(SessionId session, CancellationToken cancel) =>
        EndAsync(session, _ => "it said goodbye", cancel);

    /// <summary>The terminal's connection broke. Whether its process broke too is looked at in a moment.</summary>
    public void Doubt(SessionId session)
    {
        lock (_lock)
        {
            if (_live.ContainsKey(session))
                _doubts[session] = time.GetUtcNow() + DeathTakes;
        }
        Announce(session);
    }

    /// <summary>
    /// These are there now, and nobody else. For a bus on which others see to the end of a terminal: here it is only shown.
    /// </summary>
    public void Show(IReadOnlyList<TerminalLease> live)
    {
        List<SessionId> sessions;
        lock (_lock)
        {
            var before = new Dictionary<SessionId, TerminalLease>(_live);
            _live.Clear();
            foreach (var lease in live)
            {
                var same =
                    before.GetValueOrDefault(lease.Session) is { } was && was.IsOfSameTerminal(lease) ? was : null;
                _live[lease.Session] = lease with { Since = same?.Since ?? lease.Since };
            }
            sessions = [.. before.Keys.Union(_live.Keys)];
        }
        sessions.ForEach(Announce);
    }

    /// <summary>Somebody listens on the session's notify channel, or (−1) does so no more.</summary>
    public void CountListener(SessionId session, int change)
    {
        lock (_lock)
        {
            _listeners[session] = _listeners.GetValueOrDefault(session) + change;
            if (_listeners[session] == 0)
                _listeners.Remove(session);
        }
        Announce(session);
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    /// <summary>Ends at the first change after this was read.</summary>
    internal Task NextChange => Volatile.Read(ref _changed).Task;

    /// <summary>When somebody must be looked at, unless there is news before; null = never.</summary>
    internal DateTimeOffset? NextLook
    {
        get
        {
            lock (_lock)
                return _live
                    .Values.Select(l => (DateTimeOffset?)l.ExpiresAt)
                    .Concat(_doubts.Values.Select(d => (DateTimeOffset?)d))
                    .Min();
        }
    }

    /// <summary>Looks at all whose time has come.</summary>
    internal async Task LookAsync(CancellationToken cancel)
    {
        foreach (var lease in Live)
            await EndAsync(lease.Session, WhyGone, cancel);
    }

    /// <summary>Gives everybody one whole period more: nobody could renew while the machine slept.</summary>
    internal void Prolong()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (var lease in _live.Values.ToList())
                _live[lease.Session] = lease with { ExpiresAt = now + lease.Period };
            _doubts.Clear();
        }
    }

    private string? WhyGone(TerminalLease lease)
    {
        var now = time.GetUtcNow();
        if (lease.ExpiresAt <= now)
            return "its lease has run out";
        lock (_lock)
        {
            if (!(_doubts.GetValueOrDefault(lease.Session, DateTimeOffset.MaxValue) <= now))
                return null;
            _doubts.Remove(lease.Session);
        }
        return TerminalProcess.WhyGone(lease);
    }

    private async Task EndAsync(SessionId session, Func<TerminalLease, string?> why, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            // Looked at again, now that nobody can renew it meanwhile.
            if (Of(session) is not { } lease || why(lease) is not { } reason)
                return;
            await EndAsync(lease, reason, cancel);
        }
        finally
        {
            _one.Release();
        }
        Announce(session);
    }

    private async Task EndAsync(TerminalLease lease, string why, CancellationToken cancel)
    {
        var note = $"its terminal {lease.Who} is gone: {why}";
        if (lease.Session.IsGateway)
        {
            Log.Abandoned(logger, lease.Session, note, await store.AbandonAsync(lease.Session, note, cancel));
        }
        else
        {
            await registry.ForgetAsync(lease.Session, cancel);
            Log.Adopted(logger, lease.Session, note, await store.AdoptAsync(lease.Session, note, cancel));
        }
        await records.RemoveAsync(lease.Session, cancel);
        lock (_lock)
        {
            _live.Remove(lease.Session);
            _doubts.Remove(lease.Session);
        }
    }

    private void Announce(SessionId session)
    {
        Changed?.Invoke(this, new SessionEventArgs(session));
        Interlocked.Exchange(ref _changed, Fresh()).TrySetResult();
    }

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(210, LogLevel.Information, "Session {Session} has a terminal: {Who}")]
        public static partial void Came(ILogger logger, SessionId session, string who);

        [LoggerMessage(211, LogLevel.Warning, "Session {Session}: {Note}. {Count} events in its hand wait again")]
        public static partial void Abandoned(ILogger logger, SessionId session, string note, int count);

        [LoggerMessage(212, LogLevel.Warning, "Session {Session}: {Note}. Central takes its {Count} unfinished events")]
        public static partial void Adopted(ILogger logger, SessionId session, string note, int count);
    }
}
