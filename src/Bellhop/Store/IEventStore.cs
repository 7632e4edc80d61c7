using Bellhop.Events;

namespace Bellhop.Store;

/// <summary>
/// Keeps events and their deliveries, and enforces every rule about them: dedupe, order, states, attempts. A method
/// that writes returns after the write is synced. Broken contracts throw <see cref="StoreException"/>; what a user
/// can cause is a value.
/// </summary>
public interface IEventStore : IAsyncDisposable
{
    /// <summary>Writes events and their deliveries: all of them or, when refused, none.</summary>
    Task<AppendResult> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel);

    /// <summary>
    /// Waits until the session has something due, then moves the next batch to <c>injecting</c> and returns it. One
    /// call at a time per session. Where the wait ends in an append, both are one commit: an idle lane costs one sync.
    /// A cancelled call either throws and has leased nothing, or still returns its lease, which is then the caller's.
    /// </summary>
    Task<TurnLease> LeaseAsync(SessionId session, BatchLimits limits, CancellationToken cancel);

    /// <summary>The agent has the turn's prompt. <paramref name="told"/>: the prompt carried the events themselves.</summary>
    Task InjectedAsync(Ulid turn, bool told, string? note, CancellationToken cancel);

    /// <summary>
    /// The agent has had the turn's prompt and the turn ended well: <see cref="InjectedAsync"/> and
    /// <see cref="CompleteAsync"/> in one commit.
    /// </summary>
    Task AnsweredAsync(Ulid turn, bool told, IReadOnlyList<Reply> replies, string? note, CancellationToken cancel);

    /// <summary>The turn ended well: its deliveries complete and its replies are kept, in one commit.</summary>
    Task CompleteAsync(Ulid turn, IReadOnlyList<Reply> replies, string? note, CancellationToken cancel);

    /// <summary>
    /// The turn ended badly. More than one delivery: requeued in two halves. A single one: requeued until its attempts or
    /// kills are spent, then dead. A failed turn waits for its back-off; one that killed the agent is due at once, because
    /// the agent's restart is the wait.
    /// </summary>
    Task<FaultResult> FaultAsync(
        Ulid turn,
        TurnFault fault,
        string reason,
        RetryPolicy policy,
        CancellationToken cancel
    );

    /// <summary>
    /// Gives the turn's deliveries back without spending an attempt: the agent or model itself failed, or the prompt
    /// did not arrive. <paramref name="forget"/>: the transcript does not hold the events, so the next turn tells them.
    /// </summary>
    Task ReleaseAsync(Ulid turn, string note, bool forget, CancellationToken cancel);

    /// <summary>The turns that were under way when the last owner stopped.</summary>
    Task<IReadOnlyList<OpenTurn>> OpenTurnsAsync(SessionId session, CancellationToken cancel);

    /// <summary>By key, or the newest with this producer's id; null if unknown.</summary>
    Task<Receipt?> FindAsync(string keyOrId, CancellationToken cancel);

    /// <summary>Deliveries, newest first.</summary>
    Task<IReadOnlyList<DeliverySummary>> ListAsync(DeliveryQuery query, CancellationToken cancel);

    /// <summary>
    /// Adds a new queued delivery for each dead or dropped delivery of the event (of one session, if named) that has
    /// not been replayed yet, and puts the old dead letter away. Returns the new deliveries' sessions; empty when there
    /// was nothing to replay; null if unknown.
    /// </summary>
    Task<IReadOnlyList<SessionId>?> ReplayAsync(string keyOrId, SessionId? session, CancellationToken cancel);

    /// <summary>
    /// Sends waiting deliveries elsewhere, each in one step: accepted or queued → dropped by rule <c>released</c>, and the
    /// event gets a delivery for each target whose session has none of it yet. One that waits no more is left alone.
    /// Returns how many were sent.
    /// </summary>
    Task<int> RerouteAsync(IReadOnlyList<Reroute> reroutes, CancellationToken cancel);

    /// <summary>The event of which this one would be a repetition: same source and id, within its window. Null if none. Reads only.</summary>
    Task<Event?> FindKnownAsync(Event e, CancellationToken cancel);

    /// <summary>Puts the event's dead letters away: they stay dead but leave the dead list. Null if unknown.</summary>
    Task<int?> DismissAsync(string keyOrId, CancellationToken cancel);

    /// <summary>
    /// The oldest rows that wait for a session, accepted or queued, in arrival order, without moving them: as many as
    /// <paramref name="limit"/> and <paramref name="maxBytes"/> of bodies allow, but the first whatever its size.
    /// </summary>
    Task<IReadOnlyList<WaitingRow>> WaitingAsync(SessionId session, int limit, long maxBytes, CancellationToken cancel);

    /// <summary>When the event that is first in line for a session arrived; null when none waits. Cheap: one look-up.</summary>
    Task<DateTimeOffset?> OldestWaitingAsync(SessionId session, CancellationToken cancel);

    /// <summary>A client of the session took these rows for good: queued → completed with the note. Returns how many were still there.</summary>
    Task<int> TakeAsync(IReadOnlyList<long> deliveries, string note, CancellationToken cancel);

    /// <summary>
    /// A session's own terminal says how far an event is. False when the session has no unfinished delivery that the
    /// report could be about. <c>injected</c>: accepted or queued → injecting → injected, with the turn; one that is in hand
    /// under another turn goes back to queued first. <c>completed</c>: through injected → completed. <c>queued</c>: back
    /// from injecting or injected. <c>dead</c>: with the note as its reason. The same report twice changes nothing more;
    /// one that names an earlier turn than the one that has the delivery in hand comes too late and is false, unless it
    /// is <c>injected</c>.
    /// </summary>
    Task<bool> ReportAsync(SessionId session, TerminalReport report, CancellationToken cancel);

    /// <summary>The session's holder is gone: what it had in hand goes back to queued, with the note. Returns how many.</summary>
    Task<int> AbandonAsync(SessionId session, string note, CancellationToken cancel);

    /// <summary>A session came or is still there: its accepted deliveries become queued. Returns how many.</summary>
    Task<int> JoinAsync(SessionId session, CancellationToken cancel);

    /// <summary>A session said goodbye: it is no longer a member; its deliveries stay.</summary>
    Task LeaveAsync(SessionId session, CancellationToken cancel);

    /// <summary>Every session ever seen, <c>gateway</c> always among them.</summary>
    Task<IReadOnlyList<SessionRecord>> SessionsAsync(CancellationToken cancel);

    /// <summary>
    /// Gives central what waited since before <paramref name="acceptedBefore"/> for a session that never came: the old
    /// delivery is dropped by rule <c>adopted</c>, central gets one with a note unless it has the event already.
    /// </summary>
    Task<int> AdoptAsync(DateTimeOffset acceptedBefore, CancellationToken cancel);

    /// <summary>
    /// Gives central everything unfinished of a session that is gone for good. The old deliveries are dropped by rule
    /// <c>adopted</c>, one in hand going back to queued first; central gets one of each, all with the note, unless it has
    /// the event already. Of one in hand its note says too that it may have been begun. Returns how many were unfinished.
    /// </summary>
    /// <exception cref="StoreException">The session is central itself.</exception>
    Task<int> AdoptAsync(SessionId session, string note, CancellationToken cancel);

    /// <summary>
    /// Deletes events whose deliveries all ended before the given instants. Never anything unfinished, and no event that a
    /// repetition within its dedupe window would have to meet.
    /// </summary>
    Task<int> PurgeAsync(Retention retention, CancellationToken cancel);

    /// <summary>Counts, for status and limits. Cheap: no scan of the backlog.</summary>
    StoreCounts Counts { get; }

    /// <summary>
    /// Every move from now on, until cancelled. A reader that falls more than 10,000 moves behind is ended with
    /// <see cref="StoreException"/> rather than slowing the store.
    /// </summary>
    IAsyncEnumerable<DeliveryChange> WatchAsync(CancellationToken cancel);
}

/// <summary>A waiting delivery as a client sees it on the session's list.</summary>
public sealed record WaitingRow(long Delivery, string Type, ReadOnlyMemory<byte> Body);

/// <summary>A waiting delivery and where it goes instead.</summary>
/// <param name="Delivery">Its number.</param>
/// <param name="Targets">At least one.</param>
/// <param name="Note">Why, for the receipt.</param>
public sealed record Reroute(long Delivery, IReadOnlyList<Target> Targets, string Note);

/// <summary>A session we know of.</summary>
/// <param name="Session">Its id.</param>
/// <param name="Member">True while it is in the set that producers read.</param>
/// <param name="LastSeen">When it last joined or left.</param>
public sealed record SessionRecord(SessionId Session, bool Member, DateTimeOffset LastSeen);

/// <summary>How a session's deliveries stand.</summary>
public sealed record SessionCounts(SessionId Session, long Accepted, long Queued, long InTurn);

/// <summary>How all deliveries stand.</summary>
/// <param name="Unfinished">Not yet terminal, over all sessions.</param>
/// <param name="Dead">Dead letters not put away.</param>
/// <param name="Sessions">Per session with anything unfinished.</param>
public sealed record StoreCounts(long Unfinished, long Dead, IReadOnlyList<SessionCounts> Sessions);

/// <summary>What may be deleted.</summary>
/// <param name="EndedBefore">Completed and dropped deliveries that ended before this.</param>
/// <param name="DismissedBefore">Dead letters that were put away before this; others are kept for ever.</param>
public sealed record Retention(DateTimeOffset EndedBefore, DateTimeOffset DismissedBefore);
