using Bellhop.Agents;
using Bellhop.Store;

namespace Bellhop.Lanes;

/// <summary>How one prompt went, before the store is told.</summary>
/// <param name="Delivered">The agent gave its receipt, and the store has it.</param>
/// <param name="Told">The prompt carried the events themselves.</param>
/// <param name="Marker">By which the transcript can be asked.</param>
/// <param name="Answer">The answer, if there is one.</param>
/// <param name="Failure">Why there is none.</param>
internal sealed record TurnReport(bool Delivered, bool Told, string Marker, string? Answer, AgentFailure? Failure);

/// <summary>Hands one lease to the agent and watches it to its end.</summary>
internal sealed class TurnRun(
    IEventStore store,
    IAgent agent,
    PromptComposer composer,
    LaneOptions options,
    TimeProvider time
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
        var prompt = earlier is { } e ? composer.Continue(e.Lease, e.Turn) : composer.Tell(lease);
        using var deadline = new TurnDeadline(options, time, stopping);

        // The receipt is journalled while the agent already works: its order in the store's queue is what matters.
        Task? journalled = null;
        TurnSignal.Ended? ended = null;
        await foreach (var signal in agent.PromptAsync(prompt, deadline.Token))
        {
            deadline.Touch(signal);
            if (signal is TurnSignal.Delivered)
                journalled ??= store.InjectedAsync(lease.Turn, told, null, CancellationToken.None);
            else if (signal is TurnSignal.Ended end)
                ended = end;
        }
        if (journalled is not null)
            await journalled;
        var failure = deadline.Expired
            ? new AgentFailure(AgentFailureCause.Turn, $"no sign of life for {options.TurnDeadline}")
            : ended?.Failure;
        if (ended is null)
            failure = new AgentFailure(AgentFailureCause.Died, "the agent's turn ended without a word");
        return new TurnReport(
            journalled is not null,
            told,
            prompt.Marker,
            failure is null ? ended!.Answer : null,
            failure
        );
    }
}
