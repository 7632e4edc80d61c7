using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// What one commit changes. Beside the file it keeps what follows from the changes (counts, moves to tell, lanes to
/// wake), which takes effect only once they are on disk.
/// </summary>
internal sealed class WriteBatch(Connection db, Counters counters, ChangeFeed feed, TimeProvider time)
{
    private const string Fields =
        "state = ?1, attempts = ?2, kills = ?3, cohort = ?4, told_in = ?5, slot = ?6, due_at = ?7, reason = ?8, "
        + "updated_at = ?9, history = ?10";

    private const string Update = $"UPDATE deliveries SET {Fields} WHERE number = ?11";
    private const string UpdateWithTurn = $"UPDATE deliveries SET {Fields}, turn = ?12 WHERE number = ?11";

    private readonly List<Move> _moves = [];
    private readonly HashSet<SessionId> _stirred = [];
    private readonly Dictionary<SessionId, Candidate?> _queued = [];
    private int _putAway;
    private long _unfinished;

    public Connection Db => db;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Unfinished deliveries, those of this batch included.</summary>
    public long Unfinished => counters.Unfinished + _unfinished;

    /// <summary>Lanes that may have something due now and had not before.</summary>
    public IReadOnlySet<SessionId> Stirred => _stirred;

    /// <summary>
    /// What waits for a session, where that is one delivery that this commit brings, as for an idle lane it nearly always
    /// is; null where there may be others, and only the file can tell.
    /// </summary>
    public Candidate? OnlyOneFor(SessionId session) =>
        counters.HasQueued(session) ? null : _queued.GetValueOrDefault(session);

    public IReadOnlyList<SessionId> SessionsWithAccepted() => counters.SessionsWith(s => s.Accepted);

    public IReadOnlyList<SessionId> SessionsInTurn() => counters.SessionsWith(s => s.InTurn);

    public void Begin() => db.Sql("BEGIN IMMEDIATE").Run();

    /// <summary>Writes and syncs; from here on it counts.</summary>
    public void Commit()
    {
        db.Sql("COMMIT").Run();
        counters.Apply(_moves, _putAway);
    }

    /// <summary>Tells those who watch.</summary>
    public void Publish()
    {
        feed.Publish(_moves.Select(move => move.Change));
        Clear();
    }

    public void Rollback()
    {
        Clear();
        if (db.InTransaction)
            db.Execute("ROLLBACK");
    }

    public void Stir(SessionId session) => _stirred.Add(session);

    public void PutAway(int deadLetters) => _putAway += deadLetters;

    /// <summary>Writes a new delivery. Its number is in the returned row. Of an event that is new as well, it is at hand.</summary>
    public DeliveryRow Add(DeliveryRow delivery, string? note, long? replayOf = null, Event? fresh = null)
    {
        var now = Now;
        var history = History.Start(delivery.State, now, note);
        using var insert = db.Sql(
            """
            INSERT INTO deliveries (event, session, kind, state, reason, replay_of, updated_at, history)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        );
        insert
            .Bind(delivery.Event)
            .Bind(delivery.Session)
            .Bind((long)delivery.Kind)
            .Bind(delivery.State)
            .Bind(delivery.Reason)
            .Bind(replayOf)
            .Bind(now)
            .Bind(history)
            .Run();
        var added = delivery with { Number = db.LastRowId, History = history };
        Stage(null, added, now, note, fresh);
        return added;
    }

    /// <summary>Moves a delivery, writing its other fields as they stand in <paramref name="delivery"/>.</summary>
    public DeliveryRow Move(DeliveryRow delivery, DeliveryState to, string? note)
    {
        var now = Now;
        var moved = delivery with { State = to, History = History.Append(delivery.History, to, now, note) };
        // A turn begins where something is leased; naming it in every move would rewrite its index each time.
        var leased = to == DeliveryState.Injecting;
        using var update = db.Sql(leased ? UpdateWithTurn : Update);
        update
            .Bind(to)
            .Bind(moved.Attempts)
            .Bind(moved.Kills)
            .Bind(moved.Cohort)
            .Bind(moved.ToldIn)
            .Bind(moved.Slot)
            .Bind(moved.DueAt)
            .Bind(moved.Reason)
            .Bind(now)
            .Bind(moved.History)
            .Bind(moved.Number);
        if (leased)
            update.Bind(moved.Turn);
        update.Run();
        Stage(delivery.State, moved, now, note);
        return moved;
    }

    private void Stage(DeliveryState? from, DeliveryRow d, DateTimeOffset at, string? note, Event? fresh = null)
    {
        if (from == DeliveryState.Queued || d.State == DeliveryState.Queued)
            _queued[d.Session] = fresh is not null && !_queued.ContainsKey(d.Session) ? new Candidate(d, fresh) : null;
        var change = new DeliveryChange(d.Key, d.Id, d.Type, d.Source, d.Session, d.Number, d.State, at, note);
        _moves.Add(new Move(from, change));
        _unfinished += (d.State.IsTerminal() ? 0 : 1) - (from is { } was && !was.IsTerminal() ? 1 : 0);
        if (d.State == DeliveryState.Queued)
            Stir(d.Session);
    }

    private void Clear()
    {
        _moves.Clear();
        _stirred.Clear();
        _queued.Clear();
        _putAway = 0;
        _unfinished = 0;
    }
}

/// <summary>A move that is being written; a birth comes from nowhere.</summary>
internal readonly record struct Move(DeliveryState? From, DeliveryChange Change);
