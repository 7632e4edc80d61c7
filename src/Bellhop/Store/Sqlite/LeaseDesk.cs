using Bellhop.Events;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// Where lanes wait for work. It is asked once in every transaction, after the changes and before the commit, so that
/// the change that makes something due and the lease that takes it cost one sync together. Writer's thread only.
/// </summary>
internal sealed class LeaseDesk
{
    // After a commit that failed: a full disk is asked once a second and not as fast as the writer can.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    // Nothing is put off for so long, but a clock that was set back makes it look so, for longer than a timer counts.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Dictionary<SessionId, LeaseRequest> _waiting = [];
    private readonly List<(LeaseRequest Request, TurnLease Lease)> _served = [];
    private readonly TimeProvider _time;
    private readonly UlidFactory _ulids;
    private readonly Action _wake;
    private readonly ITimer _alarm;
    private DateTimeOffset? _alarmAt;

    /// <summary>
    /// <paramref name="wake"/> must bring about a transaction soon. It may do nothing where one is about to begin
    /// anyway, because every one of them looks at what is due.
    /// </summary>
    public LeaseDesk(TimeProvider time, UlidFactory ulids, Action wake)
    {
        (_time, _ulids, _wake) = (time, ulids, wake);
        _alarm = time.CreateTimer(_ => wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lets a lane wait. Admitting the same request again changes nothing.</summary>
    /// <exception cref="StoreException">Another call waits for this session.</exception>
    public void Admit(LeaseRequest request)
    {
        if (request.IsEnded)
            return;
        if (_waiting.TryGetValue(request.Session, out var other) && other != request && !other.IsEnded)
            throw new StoreException($"Another lease of session {request.Session} is waiting already.");
        _waiting[request.Session] = request;
    }

    /// <summary>The alarm has rung and must be set again, also where it rang a moment early.</summary>
    public void AlarmRang() => _alarmAt = null;

    /// <summary>Leases to everyone for whom the batch, or the clock, made something due.</summary>
    public void Serve(WriteBatch batch)
    {
        if (_waiting.Count == 0)
            return;
        var now = batch.Now;
        foreach (var request in _waiting.Values)
        {
            if ((batch.Stirred.Contains(request.Session) || request.NextDue <= now) && request.TryClaim())
                Serve(batch, request, now);
        }
    }

    /// <summary>The leases are on disk: the lanes get them.</summary>
    public void HandOut()
    {
        foreach (var (request, lease) in _served)
        {
            _waiting.Remove(request.Session);
            request.Complete(lease);
        }
        _served.Clear();
        SetAlarm();
    }

    /// <summary>The commit failed: the lanes wait on, and what was due is tried again in a moment.</summary>
    public void Withdraw()
    {
        var now = _time.GetUtcNow();
        foreach (var (request, _) in _served)
        {
            request.NextDue = now;
            request.Unclaim();
        }
        _served.Clear();
        // The alarm rang for this commit, and nothing else may ever stir these sessions again.
        foreach (var request in _waiting.Values.Where(r => r.NextDue <= now))
            request.NextDue = now + Rest;
        _alarmAt = null;
        SetAlarm();
    }

    public void Close()
    {
        _alarm.Dispose();
        foreach (var request in _waiting.Values)
            request.Fail(new StoreException("The store was closed while the lane waited."));
        _waiting.Clear();
    }

    private void Serve(WriteBatch batch, LeaseRequest request, DateTimeOffset now)
    {
        var pick = batch.OnlyOneFor(request.Session) is { } only
            ? new Pick([only], null)
            : BatchPicker.Next(batch.Db, request.Session, request.Limits, now);
        if (pick.Batch.Count == 0)
        {
            request.NextDue = pick.NextDue;
            request.Unclaim();
            return;
        }
        var lease = new TurnLease(
            _ulids.Next(),
            request.Session,
            [.. pick.Batch.Select(c => c.Leased)],
            pick.Batch[0].Row.ToldIn
        );
        // Listed before it is written, so that a failure in between is withdrawn as well.
        _served.Add((request, lease));
        foreach (var (row, _) in pick.Batch)
            batch.Move(row with { Turn = lease.Turn, DueAt = null }, DeliveryState.Injecting, null);
    }

    private void SetAlarm()
    {
        var next = _waiting.Values.Where(r => !r.IsEnded).Min(r => r.NextDue);
        if (next == _alarmAt)
            return;
        _alarmAt = next;
        _alarm.Change(next is { } at ? Until(at) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (next <= _time.GetUtcNow())
            _wake(); // the clock passed it while the alarm was set
    }

    /// <summary>Rounded up: a timer counts whole milliseconds and would ring too early for the rest.</summary>
    private TimeSpan Until(DateTimeOffset due)
    {
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((due - _time.GetUtcNow()).TotalMilliseconds)));
        return wait < LongestWait ? wait : LongestWait;
    }
}
