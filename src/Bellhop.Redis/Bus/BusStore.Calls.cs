using System.Runtime.CompilerServices;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Bus;

/// <content>The calls themselves: asked of the store as it is now, or once it is there.</content>
internal sealed partial class BusStore
{
    /// <inheritdoc />
    public async Task<AppendResult> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel)
    {
        try
        {
            var result = await Now.AppendAsync(events, cancel);
            Refused(null);
            return result;
        }
        catch (StoreException e) when (e.IsAway)
        {
            Refused(e.Message);
            throw;
        }
    }

    /// <inheritdoc />
    public async Task<TurnLease> LeaseAsync(SessionId session, BatchLimits limits, CancellationToken cancel) =>
        await (await WhenOpenAsync(cancel)).LeaseAsync(session, limits, cancel);

    /// <inheritdoc />
    public async Task InjectedAsync(Ulid turn, bool told, string? note, CancellationToken cancel) =>
        await (await WhenOpenAsync(cancel)).InjectedAsync(turn, told, note, cancel);

    /// <inheritdoc />
    public async Task AnsweredAsync(
        Ulid turn,
        bool told,
        IReadOnlyList<Reply> replies,
        string? note,
        CancellationToken cancel
    ) => await (await WhenOpenAsync(cancel)).AnsweredAsync(turn, told, replies, note, cancel);

    /// <inheritdoc />
    public async Task CompleteAsync(Ulid turn, IReadOnlyList<Reply> replies, string? note, CancellationToken cancel) =>
        await (await WhenOpenAsync(cancel)).CompleteAsync(turn, replies, note, cancel);

    /// <inheritdoc />
    public async Task<FaultResult> FaultAsync(
        Ulid turn,
        TurnFault fault,
        string reason,
        RetryPolicy policy,
        CancellationToken cancel
    ) => await (await WhenOpenAsync(cancel)).FaultAsync(turn, fault, reason, policy, cancel);

    /// <inheritdoc />
    public async Task ReleaseAsync(Ulid turn, string note, bool forget, CancellationToken cancel) =>
        await (await WhenOpenAsync(cancel)).ReleaseAsync(turn, note, forget, cancel);

    /// <inheritdoc />
    public async Task<IReadOnlyList<OpenTurn>> OpenTurnsAsync(SessionId session, CancellationToken cancel) =>
        await (await WhenOpenAsync(cancel)).OpenTurnsAsync(session, cancel);

    /// <inheritdoc />
    public Task<Receipt?> FindAsync(string keyOrId, CancellationToken cancel) =>
        Try(() => Now.FindAsync(keyOrId, cancel));

    /// <inheritdoc />
    public Task<IReadOnlyList<DeliverySummary>> ListAsync(DeliveryQuery query, CancellationToken cancel) =>
        Try(() => Now.ListAsync(query, cancel));

    /// <inheritdoc />
    public Task<IReadOnlyList<SessionId>?> ReplayAsync(string keyOrId, SessionId? session, CancellationToken cancel) =>
        Try(() => Now.ReplayAsync(keyOrId, session, cancel));

    /// <inheritdoc />
    public Task<int> RerouteAsync(IReadOnlyList<Reroute> reroutes, CancellationToken cancel) =>
        Try(() => Now.RerouteAsync(reroutes, cancel));

    /// <inheritdoc />
    public Task<Event?> FindKnownAsync(Event e, CancellationToken cancel) => Try(() => Now.FindKnownAsync(e, cancel));

    /// <inheritdoc />
    public Task<int?> DismissAsync(string keyOrId, CancellationToken cancel) =>
        Try(() => Now.DismissAsync(keyOrId, cancel));

    /// <inheritdoc />
    public Task<IReadOnlyList<WaitingRow>> WaitingAsync(
        SessionId session,
        int limit,
        long maxBytes,
        CancellationToken cancel
    ) => Try(() => Now.WaitingAsync(session, limit, maxBytes, cancel));

    /// <inheritdoc />
    public Task<DateTimeOffset?> OldestWaitingAsync(SessionId session, CancellationToken cancel) =>
        Try(() => Now.OldestWaitingAsync(session, cancel));

    /// <inheritdoc />
    public Task<int> TakeAsync(IReadOnlyList<long> deliveries, string note, CancellationToken cancel) =>
        Try(() => Now.TakeAsync(deliveries, note, cancel));

    /// <inheritdoc />
    public Task<bool> ReportAsync(SessionId session, TerminalReport report, CancellationToken cancel) =>
        Try(() => Now.ReportAsync(session, report, cancel));

    /// <inheritdoc />
    public Task<int> AbandonAsync(SessionId session, string note, CancellationToken cancel) =>
        Try(() => Now.AbandonAsync(session, note, cancel));

    /// <inheritdoc />
    public Task<int> JoinAsync(SessionId session, CancellationToken cancel) =>
        Try(() => Now.JoinAsync(session, cancel));

    /// <inheritdoc />
    public Task LeaveAsync(SessionId session, CancellationToken cancel) =>
        Try(async () =>
        {
            await Now.LeaveAsync(session, cancel);
            return true;
        });

    /// <inheritdoc />
    public Task<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancel) =>
        Try(() => Now.SessionsAsync(cancel));

    /// <inheritdoc />
    public Task<int> AdoptAsync(DateTimeOffset acceptedBefore, CancellationToken cancel) =>
        Try(() => Now.AdoptAsync(acceptedBefore, cancel));

    /// <inheritdoc />
    public Task<int> AdoptAsync(SessionId session, string note, CancellationToken cancel) =>
        Try(() => Now.AdoptAsync(session, note, cancel));

    /// <inheritdoc />
    public Task<int> PurgeAsync(Retention retention, CancellationToken cancel) =>
        Try(() => Now.PurgeAsync(retention, cancel));

    /// <inheritdoc />
    public async IAsyncEnumerable<DeliveryChange> WatchAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var store = await WhenOpenAsync(cancel);
        await foreach (var change in store.WatchAsync(cancel))
            yield return change;
    }

    private void Refused(string? reason)
    {
        if (_refusal == reason)
            return;
        _refusal = reason;
        _whenChanged();
    }

    private void Waiting(string? reason)
    {
        if (_waitsFor == reason)
            return;
        _waitsFor = reason;
        _whenChanged();
    }

    /// <summary>What cannot even be asked fails as the call itself would: through its task.</summary>
    private static async Task<T> Try<T>(Func<Task<T>> call) => await call();
}
