using Bellhop.Agents;
using Bellhop.Diagnostics;
using Bellhop.Events;

namespace Bellhop.Lanes;

/// <summary>What a lane does now, for status. Written by the lane alone, read by anyone.</summary>
internal sealed class LaneState(SessionId session, IAgent agent, TimeProvider time)
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Snapshot _now = new(LaneStatus.Standby, time.GetUtcNow(), null, null, null);

    public LaneStatus Status
    {
        get
        {
            var (now, a) = (_now, agent.Status);
            return new LaneStatus
            {
                Session = session.Value,
                Phase = now.Phase,
                Since = now.Since,
                Turn = now.Turn,
                Reason = now.Reason,
                RetryAt = now.RetryAt,
                Agent = a.Kind,
                AgentPhase = a.Phase.ToString().ToLowerInvariant(),
                AgentPid = a.Pid,
                AgentVersion = a.Version,
                Model = a.Model,
                Problem = a.Problem,
            };
        }
    }

    /// <summary>Completes when the lane works, or says why it cannot.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Not yet a beginning: what it comes to is said next.</summary>
    public void Recovering() => _now = new Snapshot("recovering", time.GetUtcNow(), null, null, null);

    public void Idle() => Enter("idle");

    public void Busy(Ulid turn) => Enter("busy", turn.ToString());

    public void Paused(string reason, DateTimeOffset retryAt) => Enter("paused", reason: reason, retryAt: retryAt);

    public void Standby() => Enter(LaneStatus.Standby);

    public void Away() => Enter(LaneStatus.Away, reason: "left to a terminal");

    public void Stopped() => Enter("stopped");

    private void Enter(string phase, string? turn = null, string? reason = null, DateTimeOffset? retryAt = null)
    {
        _now = new Snapshot(phase, time.GetUtcNow(), turn, reason, retryAt);
        _begun.TrySetResult();
    }

    private sealed record Snapshot(
        string Phase,
        DateTimeOffset Since,
        string? Turn,
        string? Reason,
        DateTimeOffset? RetryAt
    );
}
