using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

// What lanes do.
public sealed partial class RedisEventStore
{
    /// <inheritdoc />
    public async Task<TurnLease> LeaseAsync(SessionId session, BatchLimits limits, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _scripts.Closing);
        // The turn is known by the id we give it: a call that is sent again gets the same lease.
        using var place = _lanes.Enter(session, limits, _ulids.Next());
        try
        {
            while (true)
            {
                place.Forget();
                var answer = await _scripts.RepeatableAsync(StoreScript.Lease, place.Words, cancel);
                var (lease, due) = StoreReplies.Leased(answer[0], session, []);
                lease ??= await place.WaitAsync(due, stop.Token);
                if (lease is not null)
                    return lease;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new StoreException("The store was closed while the lane waited.");
        }
    }

    /// <inheritdoc />
    public Task InjectedAsync(Ulid turn, bool told, string? note, CancellationToken cancel) =>
        _scripts.ChangeAsync(StoreScript.Injected, cancel, turn.ToString(), told ? "1" : "0", Note.Clean(note));

    /// <inheritdoc />
    public Task AnsweredAsync(
        Ulid turn,
        bool told,
        IReadOnlyList<Reply> replies,
        string? note,
        CancellationToken cancel
    ) =>
        _scripts.ChangeAsync(
            StoreScript.Answered,
            cancel,
            turn.ToString(),
            told ? "1" : "0",
            ReplyJson.Write(replies),
            Note.Clean(note)
        );

    /// <inheritdoc />
    public Task CompleteAsync(Ulid turn, IReadOnlyList<Reply> replies, string? note, CancellationToken cancel) =>
        _scripts.ChangeAsync(StoreScript.Complete, cancel, turn.ToString(), ReplyJson.Write(replies), Note.Clean(note));

    /// <inheritdoc />
    public async Task<FaultResult> FaultAsync(
        Ulid turn,
        TurnFault fault,
        string reason,
        RetryPolicy policy,
        CancellationToken cancel
    ) =>
        StoreReplies.Fault(
            await _scripts.ChangeAsync(
                StoreScript.Fault,
                cancel,
                turn.ToString(),
                fault switch
                {
                    TurnFault.Failed => "failed",
                    TurnFault.KilledAgent => "killed",
                    _ => "interrupted",
                },
                Note.Clean(reason),
                policy.MaxAttempts,
                policy.MaxKills,
                (long)policy.BaseDelay.TotalMilliseconds,
                (long)policy.MaxDelay.TotalMilliseconds
            )
        );

    /// <inheritdoc />
    public Task ReleaseAsync(Ulid turn, string note, bool forget, CancellationToken cancel) =>
        _scripts.ChangeAsync(StoreScript.Release, cancel, turn.ToString(), Note.Clean(note), forget ? "1" : "0");

    /// <inheritdoc />
    public async Task<IReadOnlyList<OpenTurn>> OpenTurnsAsync(SessionId session, CancellationToken cancel) =>
        StoreReplies.Turns(await _scripts.ReadAsync(StoreScript.Turns, cancel, session.Value), session);
}
