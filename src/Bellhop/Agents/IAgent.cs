namespace Bellhop.Agents;

/// <summary>
/// Something that takes a prompt and does a turn. An agent knows prompts and processes, nothing of events or stores.
/// One turn at a time; the caller serializes.
/// </summary>
public interface IAgent : IAsyncDisposable
{
    /// <summary>What it is and how it is, now.</summary>
    AgentStatus Status { get; }

    /// <summary>
    /// Makes it ready for a prompt: spawned, answered, healthy. Does nothing when it is. Returns null, or why it could
    /// not be made ready (not installed, no login, dies at start); the caller backs off and tries again.
    /// </summary>
    Task<AgentFailure?> EnsureReadyAsync(CancellationToken cancel);

    /// <summary>
    /// Completes when an agent that was ready no longer is, so that an idle one can be brought back before the next
    /// prompt; never for an agent that needs no process between turns.
    /// </summary>
    Task WhenDown { get; }

    /// <summary>
    /// Does one turn. The last signal is always <see cref="TurnSignal.Ended"/>. Cancelling means "stop this turn": the
    /// agent climbs abort → kill by itself, bounded in time, and still ends with <see cref="TurnSignal.Ended"/>.
    /// </summary>
    IAsyncEnumerable<TurnSignal> PromptAsync(Prompt prompt, CancellationToken stopTurn);

    /// <summary>
    /// Asks the agent's own transcript whether the prompt with this marker reached it, also across restarts of both.
    /// </summary>
    Task<Arrival> ArrivedAsync(string marker, CancellationToken cancel);

    /// <summary>
    /// Ends the process in order: no new turn, abort, close, wait, terminate, kill the tree. Where <paramref name="cancel"/>
    /// is cancelled already, it is killed at once.
    /// </summary>
    Task StopAsync(CancellationToken cancel);
}

/// <summary>What an agent is told.</summary>
/// <param name="Text">Complete; never starts with <c>/</c>; its last line holds the marker.</param>
/// <param name="Marker">The words by which the transcript can be asked later; unique to this prompt.</param>
public sealed record Prompt(string Text, string Marker);

/// <summary>How far an agent's process is.</summary>
public enum AgentPhase
{
    /// <summary>No process yet, or stopped.</summary>
    Stopped,

    /// <summary>Being spawned.</summary>
    Starting,

    /// <summary>Ready for a prompt.</summary>
    Idle,

    /// <summary>In a turn.</summary>
    Busy,

    /// <summary>Cannot work now; <see cref="AgentStatus.Problem"/> says why and how to mend it.</summary>
    Failed,
}

/// <summary>An agent at a glance.</summary>
/// <param name="Kind">pi, acp, command, echo, none.</param>
/// <param name="Phase">How far its process is.</param>
/// <param name="Pid">Its process, while there is one.</param>
/// <param name="Version">What it says of itself.</param>
/// <param name="Model">Provider and model it works with.</param>
/// <param name="Problem">What is wrong, with the mend.</param>
public sealed record AgentStatus(
    string Kind,
    AgentPhase Phase,
    int? Pid = null,
    string? Version = null,
    string? Model = null,
    string? Problem = null
);

/// <summary>Why an agent failed, and whose fault it is.</summary>
/// <param name="Cause">Decides what happens to the turn.</param>
/// <param name="Message">For the receipt and the person.</param>
public sealed record AgentFailure(AgentFailureCause Cause, string Message)
{
    /// <summary>The prompt is certain to have reached no conversation, so no transcript has to be asked for it.</summary>
    public bool NeverTaken { get; init; }
}

/// <summary>Whose fault a failure is.</summary>
public enum AgentFailureCause
{
    /// <summary>This turn's: empty reply, refused content, an error only this prompt meets.</summary>
    Turn,

    /// <summary>The agent's or model's: spawn, login, 429, 5xx, connection. No prompt would do better now.</summary>
    Outage,

    /// <summary>The process died in the middle of the turn.</summary>
    Died,

    /// <summary>The caller stopped the turn (deadline, shutdown, a person).</summary>
    Stopped,
}

/// <summary>What the transcript says about a prompt.</summary>
public abstract record Arrival
{
    private Arrival() { }

    /// <summary>No marker, or no transcript: it did not arrive and can be given again.</summary>
    public sealed record No : Arrival;

    /// <summary>It arrived. <paramref name="Answer"/> is the final reply that followed it, if one stands there.</summary>
    public sealed record Yes(string? Answer) : Arrival;

    /// <summary>This agent keeps no transcript and may have begun.</summary>
    public sealed record Unknown : Arrival;
}
