using System.Collections.Concurrent;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>
/// Who is there. A session is known once it was seen (it joined the set that producers read, or took its own events);
/// <c>gateway</c> is known and a member always, also while starting and after shutdown.
/// </summary>
public sealed class SessionRegistry(IEventStore store)
{
    private readonly ConcurrentDictionary<SessionId, bool> _members = new();

    /// <summary>Reads who was a member in the last run. Who had left must come again to be known.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        foreach (var record in (await store.SessionsAsync(cancel)).Where(r => r.Member))
            _members[record.Session] = true;
    }

    /// <summary>True once the session was seen; its events then wait in its own lane.</summary>
    public bool IsKnown(SessionId session) => session.IsGateway || _members.ContainsKey(session);

    /// <summary>The set that producers read: <c>gateway</c> first, then the rest by name.</summary>
    public IReadOnlyList<SessionId> Members =>
        [
            SessionId.Gateway,
            .. _members
                .Where(m => m.Value && !m.Key.IsGateway)
                .Select(m => m.Key)
                .OrderBy(s => s.Value, StringComparer.Ordinal),
        ];

    /// <summary>True while the session is in the set.</summary>
    public bool IsMember(SessionId session) =>
        session.IsGateway || (_members.TryGetValue(session, out var member) && member);

    /// <summary>A session came. Returns false when it was in the set already.</summary>
    public async Task<bool> JoinAsync(SessionId session, CancellationToken cancel)
    {
        var isNew = !IsMember(session);
        await store.JoinAsync(session, cancel);
        _members[session] = true;
        return isNew;
    }

    /// <summary>A session left the set. What waits for it stays. <c>gateway</c> never leaves. Returns false when it was not in the set.</summary>
    public async Task<bool> LeaveAsync(SessionId session, CancellationToken cancel)
    {
        if (session.IsGateway || !IsMember(session))
            return false;
        await store.LeaveAsync(session, cancel);
        _members[session] = false;
        return true;
    }

    /// <summary>A session is gone for good: it is as if it had never been seen, until it comes again.</summary>
    public async Task ForgetAsync(SessionId session, CancellationToken cancel)
    {
        await LeaveAsync(session, cancel);
        if (!session.IsGateway)
            _members.TryRemove(session, out _);
    }
}
