using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>Keeps the counts that status and limits need, so that nobody counts a backlog. Written by the writer only.</summary>
internal sealed class Counters
{
    internal const string Standing =
        $"SELECT d.session, d.state, count(*) FROM deliveries d WHERE {DeliveryRow.IsUnfinished} GROUP BY d.session, d.state";

    private readonly Lock _lock = new();
    private readonly Dictionary<SessionId, SessionCounts> _sessions = [];
    private long _unfinished;
    private long _dead;

    public long Unfinished
    {
        get
        {
            lock (_lock)
                return _unfinished;
        }
    }

    /// <summary>Takes stock of a file. Reads two small indices, not the deliveries.</summary>
    public void Load(Connection db)
    {
        lock (_lock)
        {
            using var rows = db.Sql(Standing);
            while (rows.Read())
                Add(rows.Session(0), rows.State(1), rows.Int64(2));
            _dead = db.Number("SELECT count(*) FROM deliveries WHERE state = 6 AND dismissed_at IS NULL");
        }
    }

    public void Apply(IReadOnlyList<Move> moves, int putAway)
    {
        lock (_lock)
        {
            foreach (var (from, change) in moves)
            {
                if (from is { } was)
                    Add(change.Session, was, -1);
                Add(change.Session, change.State, 1);
            }
            _dead -= putAway;
        }
    }

    public StoreCounts Snapshot()
    {
        lock (_lock)
            return new StoreCounts(_unfinished, _dead, [.. _sessions.Values]);
    }

    public bool HasQueued(SessionId session)
    {
        lock (_lock)
            return _sessions.TryGetValue(session, out var counts) && counts.Queued > 0;
    }

    /// <summary>Those of which at least one is counted there.</summary>
    public IReadOnlyList<SessionId> SessionsWith(Func<SessionCounts, long> counted)
    {
        lock (_lock)
            return [.. _sessions.Values.Where(s => counted(s) > 0).Select(s => s.Session)];
    }

    private void Add(SessionId session, DeliveryState state, long count)
    {
        if (state == DeliveryState.Dead)
            _dead += count;
        if (state.IsTerminal())
            return;
        _unfinished += count;
        var now = _sessions.GetValueOrDefault(session) ?? new SessionCounts(session, 0, 0, 0);
        now = state switch
        {
            DeliveryState.Accepted => now with { Accepted = now.Accepted + count },
            DeliveryState.Queued => now with { Queued = now.Queued + count },
            _ => now with { InTurn = now.InTurn + count },
        };
        if (now is { Accepted: 0, Queued: 0, InTurn: 0 })
            _sessions.Remove(session);
        else
            _sessions[session] = now;
    }
}
