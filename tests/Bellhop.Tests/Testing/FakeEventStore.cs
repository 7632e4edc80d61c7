using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Tests.Testing;

/// <summary>A store in memory that does what the test tells it: for doors and readers, not for the rules of a store.</summary>
internal sealed class FakeEventStore : IEventStore
{
    private readonly Lock _lock = new();
    private readonly List<Receipt> _receipts = [];
    private readonly List<Channel<DeliveryChange>> _watchers = [];
    private readonly SemaphoreSlim _watched = new(0);
    private long _number;

    /// <summary>Everything that was appended, in order.</summary>
    public List<NewEvent> Appended { get; } = [];

    public List<DeliveryQuery> Queries { get; } = [];

    /// <summary>Sessions that were abandoned or adopted, with the note.</summary>
    public List<(SessionId Session, string Note)> Gone { get; } = [];

    public AppendRefusal Refusal { get; set; }

    /// <summary>Thrown by every read and write.</summary>
    public Exception? Fault { get; set; }

    public IReadOnlyList<DeliverySummary> Rows { get; set; } = [];

    public Func<string, SessionId?, IReadOnlyList<SessionId>?> OnReplay { get; set; } = (_, _) => null;

    public StoreCounts Counts { get; set; } = new(0, 0, []);

    public Task<AppendResult> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel)
    {
        ThrowFault();
        if (Refusal != AppendRefusal.None)
            return Task.FromResult(AppendResult.Refused(Refusal));
        lock (_lock)
        {
            Appended.AddRange(events);
            return Task.FromResult(new AppendResult([.. events.Select(Add)]));
        }
    }

    public Task<Receipt?> FindAsync(string keyOrId, CancellationToken cancel)
    {
        ThrowFault();
        lock (_lock)
            return Task.FromResult(
                _receipts.LastOrDefault(r => r.Event.Id == keyOrId || r.Event.Key.ToString() == keyOrId)
            );
    }

    public Task<IReadOnlyList<DeliverySummary>> ListAsync(DeliveryQuery query, CancellationToken cancel)
    {
        ThrowFault();
        Queries.Add(query);
        return Task.FromResult<IReadOnlyList<DeliverySummary>>([.. Rows.Take(query.Limit)]);
    }

    public Task<IReadOnlyList<SessionId>?> ReplayAsync(string keyOrId, SessionId? session, CancellationToken cancel) =>
        Task.FromResult(OnReplay(keyOrId, session));

    /// <summary>Everything that was sent elsewhere, in order.</summary>
    public List<Reroute> Rerouted { get; } = [];

    public Task<int> RerouteAsync(IReadOnlyList<Reroute> reroutes, CancellationToken cancel)
    {
        Rerouted.AddRange(reroutes);
        return Task.FromResult(reroutes.Count);
    }

    public Task<Event?> FindKnownAsync(Event e, CancellationToken cancel)
    {
        lock (_lock)
            return Task.FromResult(
                e.DedupeWindow <= TimeSpan.Zero
                    ? null
                    : _receipts.Select(r => r.Event).LastOrDefault(k => k.Id == e.Id && k.Source == e.Source)
            );
    }

    public Task<int?> DismissAsync(string keyOrId, CancellationToken cancel)
    {
        lock (_lock)
            return Task.FromResult<int?>(_receipts.Exists(r => r.Event.Id == keyOrId) ? 1 : null);
    }

    public Task<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<SessionRecord>>([]);

    public async IAsyncEnumerable<DeliveryChange> WatchAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var feed = Channel.CreateBounded<DeliveryChange>(1000);
        lock (_lock)
            _watchers.Add(feed);
        _watched.Release();
        await foreach (var change in feed.Reader.ReadAllAsync(cancel))
            yield return change;
    }

    /// <summary>Waits until somebody watches who did not before.</summary>
    public Task SomebodyWatchesAsync(CancellationToken cancel) => _watched.WaitAsync(cancel);

    /// <summary>Moves all deliveries of an event, and tells.</summary>
    public void Move(string id, DeliveryState state, DateTimeOffset at, string? note = null)
    {
        lock (_lock)
        {
            var index = _receipts.FindLastIndex(r => r.Event.Id == id);
            var moved = _receipts[index]
                .Deliveries.Select(d =>
                    d with
                    {
                        State = state,
                        History = [.. d.History, new HistoryEntry(state, at, note)],
                    }
                );
            _receipts[index] = _receipts[index] with { Deliveries = [.. moved] };
            foreach (var d in _receipts[index].Deliveries)
                Tell(Change(_receipts[index].Event, d, state, at, note));
        }
    }

    /// <summary>Ends every watcher's stream as a store does with one that is too slow.</summary>
    public void EndWatchers(Exception? why)
    {
        lock (_lock)
        {
            _watchers.ForEach(w => w.Writer.TryComplete(why));
            _watchers.Clear();
        }
    }

    /// <summary>Replaces an event's receipt.</summary>
    public void Put(Receipt receipt)
    {
        lock (_lock)
            _receipts.Add(receipt);
    }

    public ValueTask DisposeAsync()
    {
        _watched.Dispose();
        return ValueTask.CompletedTask;
    }

    Task<TurnLease> IEventStore.LeaseAsync(SessionId session, BatchLimits limits, CancellationToken cancel) =>
        throw new NotSupportedException();

    Task IEventStore.InjectedAsync(Ulid turn, bool told, string? note, CancellationToken cancel) =>
        throw new NotSupportedException();

    Task IEventStore.AnsweredAsync(
        Ulid turn,
        bool told,
        IReadOnlyList<Reply> replies,
        string? note,
        CancellationToken cancel
    ) => throw new NotSupportedException();

    Task IEventStore.CompleteAsync(Ulid turn, IReadOnlyList<Reply> replies, string? note, CancellationToken cancel) =>
        throw new NotSupportedException();

    Task<FaultResult> IEventStore.FaultAsync(
        Ulid turn,
        TurnFault fault,
        string reason,
        RetryPolicy policy,
        CancellationToken cancel
    ) => throw new NotSupportedException();

    Task IEventStore.ReleaseAsync(Ulid turn, string note, bool forget, CancellationToken cancel) =>
        throw new NotSupportedException();

    Task<IReadOnlyList<OpenTurn>> IEventStore.OpenTurnsAsync(SessionId session, CancellationToken cancel) =>
        throw new NotSupportedException();

    Task<IReadOnlyList<WaitingRow>> IEventStore.WaitingAsync(
        SessionId session,
        int limit,
        long maxBytes,
        CancellationToken cancel
    ) => throw new NotSupportedException();

    public Task<DateTimeOffset?> OldestWaitingAsync(SessionId session, CancellationToken cancel)
    {
        lock (_lock)
            return Task.FromResult<DateTimeOffset?>(
                _receipts
                    .Where(r => r.Deliveries.Any(d => d.Session == session && d.State == DeliveryState.Queued))
                    .Select(r => (DateTimeOffset?)r.Event.ArrivedAt)
                    .Min()
            );
    }

    Task<int> IEventStore.TakeAsync(IReadOnlyList<long> deliveries, string note, CancellationToken cancel) =>
        throw new NotSupportedException();

    Task<bool> IEventStore.ReportAsync(SessionId session, TerminalReport report, CancellationToken cancel) =>
        throw new NotSupportedException();

    Task<int> IEventStore.AbandonAsync(SessionId session, string note, CancellationToken cancel)
    {
        ThrowFault();
        lock (_lock)
            Gone.Add((session, note));
        return Task.FromResult(0);
    }

    Task<int> IEventStore.AdoptAsync(SessionId session, string note, CancellationToken cancel)
    {
        ThrowFault();
        lock (_lock)
            Gone.Add((session, note));
        return Task.FromResult(0);
    }

    Task<int> IEventStore.JoinAsync(SessionId session, CancellationToken cancel) => Task.FromResult(0);

    Task IEventStore.LeaveAsync(SessionId session, CancellationToken cancel) => Task.CompletedTask;

    Task<int> IEventStore.AdoptAsync(DateTimeOffset acceptedBefore, CancellationToken cancel) =>
        throw new NotSupportedException();

    Task<int> IEventStore.PurgeAsync(Retention retention, CancellationToken cancel) =>
        throw new NotSupportedException();

    private void ThrowFault()
    {
        if (Fault is { } fault)
            throw fault;
    }

    private AppendedEvent Add(NewEvent added)
    {
        var state = added.Quarantine is null ? DeliveryState.Queued : DeliveryState.Dead;
        var (e, at) = (added.Event, added.Event.ArrivedAt);
        var deliveries = added.Targets.Select(t => new Delivery
        {
            Number = ++_number,
            Session = t.Session,
            State = state,
            Reason = added.Quarantine,
            History = [new HistoryEntry(DeliveryState.Accepted, at, null), new HistoryEntry(state, at, null)],
        });
        var receipt = new Receipt(e, [.. deliveries], _receipts.Count(r => r.Event.Id == e.Id));
        _receipts.Add(receipt);
        foreach (var d in receipt.Deliveries)
            Tell(Change(e, d, state, at, null));
        return new AppendedEvent(e.Key, e.Id, false, [.. added.Targets.Select(t => t.Session)]);
    }

    private void Tell(DeliveryChange change) => _watchers.ForEach(w => w.Writer.TryWrite(change));

    private static DeliveryChange Change(Event e, Delivery d, DeliveryState state, DateTimeOffset at, string? note) =>
        new(e.Key, e.Id, e.Type, e.Source, d.Session, d.Number, state, at, note);
}
