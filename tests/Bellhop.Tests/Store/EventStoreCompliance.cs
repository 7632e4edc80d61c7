using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

/// <summary>
/// What every store must do. A store's own test class derives from this one and says how the store is opened, crashed
/// and opened again. The clock is manual; a store that waits must wait on it.
/// </summary>
public abstract partial class EventStoreCompliance : IAsyncLifetime
{
    protected static readonly BatchLimits Limits = new();
    protected static readonly RetryPolicy Retry = new();
    protected static readonly SessionId Gateway = SessionId.Gateway;
    protected static readonly SessionId Satellite = SessionId.Parse("pid-41");

    // Far longer than anything here takes: it turns a hang into a failure and measures nothing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private protected ManualTime Time { get; } = new();

    protected IEventStore Store { get; private set; } = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens the store on this test's own place: empty at first, what was kept after a crash.</summary>
    protected abstract Task<IEventStore> OpenAsync(long maxUnfinished = 2_000_000);

    /// <summary>Ends the open store as a power cut would and makes its place ready to be opened again.</summary>
    protected abstract Task CrashAsync();

    public virtual async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task ReopenAsync(bool crash, long maxUnfinished = 2_000_000)
    {
        if (crash)
            await CrashAsync();
        else
            await Store.DisposeAsync();
        Store = await OpenAsync(maxUnfinished);
    }

    private protected Event Machine(
        string? id = null,
        TimeSpan? window = null,
        string? body = null,
        string? replyTo = null
    ) => Make.Event(Time, id, window: window, body: body, replyTo: replyTo);

    private protected Event Person(string? replyTo = null) =>
        Make.Event(Time, type: "message", kind: EventKind.Person, replyTo: replyTo);

    protected async Task<AppendedEvent> Append(Event e, params SessionId[] sessions)
    {
        var result = await Store.AppendAsync([Make.New(e, sessions)], Cancel);
        result.Refusal.ShouldBe(AppendRefusal.None);
        return result.Events.ShouldHaveSingleItem();
    }

    protected async Task<IReadOnlyList<Event>> AppendMany(int count, params SessionId[] sessions)
    {
        List<Event> events = [.. Enumerable.Range(0, count).Select(_ => Machine())];
        await Store.AppendAsync([.. events.Select(e => Make.New(e, sessions))], Cancel);
        return events;
    }

    protected async Task<TurnLease> Lease(SessionId? session = null, BatchLimits? limits = null) =>
        await Store.LeaseAsync(session ?? Gateway, limits ?? Limits, Cancel).WaitAsync(Patience, Cancel);

    /// <summary>Leases the next batch and says that the agent has it.</summary>
    protected async Task<TurnLease> Inject(SessionId? session = null, bool told = true)
    {
        var lease = await Lease(session);
        await Store.InjectedAsync(lease.Turn, told, null, Cancel);
        return lease;
    }

    protected Task<FaultResult> Fail(
        TurnLease lease,
        TurnFault fault = TurnFault.Failed,
        string reason = "empty reply"
    ) => Store.FaultAsync(lease.Turn, fault, reason, Retry, Cancel);

    protected Task Complete(TurnLease lease) => Store.CompleteAsync(lease.Turn, [], null, Cancel);

    /// <summary>Returns when the store has done all it was asked before.</summary>
    protected async Task SettleAsync()
    {
        // The second one begins after everything that the first one's commit brought about.
        await Store.TakeAsync([], "", Cancel);
        await Store.TakeAsync([], "", Cancel);
    }

    protected async Task<Receipt> Receipt(Event e) =>
        (await Store.FindAsync(e.Key.ToString(), Cancel)).ShouldNotBeNull();

    protected async Task<Delivery> OnlyDelivery(Event e) => (await Receipt(e)).Deliveries.ShouldHaveSingleItem();

    protected static IEnumerable<Ulid> Keys(TurnLease lease) => lease.Deliveries.Select(d => d.Event.Key);

    protected static IEnumerable<DeliveryState> States(Delivery delivery) => delivery.History.Select(h => h.State);
}
