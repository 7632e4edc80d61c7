using Bellhop.Agents;
using Bellhop.Events;
using Bellhop.Permissions;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Lanes;

/// <summary>How one prompt went, before the store is told.</summary>
/// <param name="Delivered">The agent gave its receipt. Where the turn failed, the store has it.</param>
/// <param name="Told">The prompt carried the events themselves.</param>
/// <param name="Marker">By which the transcript can be asked.</param>
/// <param name="Answer">The answer, if there is one.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record TurnReport(bool Delivered, bool Told, string Marker, string? Answer, AgentFailure? Failure)
{
    /// <summary>The store has the agent's receipt; otherwise it gets it together with the answer.</summary>
    public bool IsJournalled { get; init; }

    /// <summary>What else a person should find on the receipt.</summary>
    public string? Note { get; init; }
}

/// <summary>Hands one lease to the agent and watches it to its end.</summary>
internal sealed partial class TurnRun(
    SessionId session,
    IEventStore store,
    IAgent agent,
    PromptComposer composer,
    PermissionRequests permissions,
    Func<LaneOptions> options,
    TimeProvider time,
    ILogger logger
)
{
    private readonly EarlierTurns _earlier = new(agent);

    /// <summary>
    /// Runs the turn. <paramref name="stopping"/> gives it the drain budget, no abrupt end; what must be written is
    /// written all the same.
    /// </summary>
    public async Task<TurnReport> RunAsync(TurnLease lease, CancellationToken stopping)
    {
        var earlier = await _earlier.FindAsync(lease, CancellationToken.None);
        var told = earlier is null;
        var (prompt, fault) = Compose(lease, earlier);
        if (prompt is null)
            return new TurnReport(Delivered: false, told, TurnMarker.For(lease.Turn), null, fault);
        var patience = options();
        using var deadline = new TurnDeadline(patience, time, stopping);

        var asked = new TurnPermissions(permissions, session, lease.Turn, patience.PermissionTimeout, deadline);

        using var receipt = new TurnReceipt(store, lease.Turn, told, time);
        TurnSignal.Ended? ended = null;
        try
        {
            await foreach (var signal in agent.PromptAsync(prompt, deadline.Token))
            {
                deadline.Touch(signal);
                if (signal is TurnSignal.Delivered)
                    receipt.Give();
                else if (signal is TurnSignal.PermissionAsked request)
                    asked.Ask(request);
                else if (signal is TurnSignal.Ended end)
                    ended = end;
            }
        }
        finally
        {
            await asked.EndAsync();
        }
        var failure = deadline.Expired
            ? new AgentFailure(AgentFailureCause.Turn, $"no sign of life for {patience.TurnDeadline}")
            : ended?.Failure;
        if (ended is null)
            failure = new AgentFailure(AgentFailureCause.Died, "the agent's turn ended without a word");
        return new TurnReport(
            receipt.IsGiven,
            told,
            prompt.Marker,
            failure is null ? ended!.Answer : null,
            asked.AnyDenied ? Denied(failure) : failure
        )
        {
            IsJournalled = await IsJournalledAsync(receipt, failure),
            Note = asked.Note,
        };
    }

    /// <summary>
    /// The prompt. Whatever an event holds, it must not end the lane: what we cannot put into words is its turn's failure,
    /// so that its neighbours go on without it.
    /// </summary>
    private (Prompt? Prompt, AgentFailure? Fault) Compose(TurnLease lease, (Ulid Turn, TurnLease Lease)? earlier)
    {
        try
        {
            return (earlier is { } e ? composer.Continue(e.Lease, e.Turn) : composer.Tell(lease), null);
        }
        catch (Exception e)
        {
            Log.CannotCompose(logger, e, lease.Turn);
            return (null, new AgentFailure(AgentFailureCause.Turn, $"its prompt cannot be written: {e.Message}"));
        }
    }

    /// <summary>A failure must find the agent's receipt in the store.</summary>
    private static async Task<bool> IsJournalledAsync(TurnReceipt receipt, AgentFailure? failure)
    {
        if (failure is not null && receipt.IsGiven)
            await receipt.JournalAsync();
        return await receipt.WasJournalledAsync();
    }

    private static AgentFailure? Denied(AgentFailure? failure) =>
        failure is { Cause: AgentFailureCause.Turn or AgentFailureCause.Stopped }
            ? failure with
            {
                Message = $"{failure.Message.TrimEnd('.')}, after leave for a tool call was denied",
            }
            : failure;

    private static partial class Log
    {
        [LoggerMessage(303, LogLevel.Error, "The prompt of turn {Turn} cannot be written")]
        public static partial void CannotCompose(ILogger logger, Exception e, Ulid turn);
    }
}
