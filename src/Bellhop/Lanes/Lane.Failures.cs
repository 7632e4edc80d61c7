using Bellhop.Agents;
using Bellhop.Store;

namespace Bellhop.Lanes;

// What becomes of a turn that did not go well.
internal sealed partial class Lane
{
    private async Task FailAsync(TurnLease lease, TurnReport report, AgentFailure failure, CancellationToken stop)
    {
        Log.TurnFailed(logger, session, lease.Turn, failure.Cause);
        switch (failure.Cause)
        {
            case AgentFailureCause.Turn:
                await FaultAsync(lease, TurnFault.Failed, failure.Message);
                break;
            case AgentFailureCause.Stopped when stop.IsCancellationRequested:
                var why = gate.IsClosed ? HandedOver : "stopped with the gateway";
                await store.ReleaseAsync(lease.Turn, why, forget: false, CancellationToken.None);
                break;
            case AgentFailureCause.Stopped:
                await FaultAsync(lease, TurnFault.Failed, failure.Message);
                break;
            case AgentFailureCause.Outage:
                await store.ReleaseAsync(lease.Turn, failure.Message, forget: false, CancellationToken.None);
                await PauseAsync(failure.Message, stop);
                break;
            case AgentFailureCause.Died:
                await DiedAsync(lease, report, failure.Message, stop);
                break;
            default:
                throw new InvalidOperationException($"An agent cannot fail by {failure.Cause}.");
        }
    }

    /// <summary>The process is gone, so its transcript is final: it decides what the turn came to.</summary>
    private async Task DiedAsync(TurnLease lease, TurnReport report, string message, CancellationToken stop)
    {
        switch (await agent.ArrivedAsync(report.Marker, CancellationToken.None))
        {
            case Arrival.Yes { Answer: { } answer }:
                if (!report.Delivered)
                    await store.InjectedAsync(
                        lease.Turn,
                        report.Told,
                        "found in the transcript",
                        CancellationToken.None
                    );
                Succeed(lease, report with { Answer = answer, IsJournalled = true });
                return;
            case Arrival.Unknown:
                await FaultAsync(lease, TurnFault.Interrupted, message);
                return;
            case Arrival.Yes when !report.Delivered:
                await store.InjectedAsync(lease.Turn, report.Told, "found in the transcript", CancellationToken.None);
                break;
            case Arrival.No when !report.Delivered && !_deaths.IsOneEarlyTooMany():
                await store.ReleaseAsync(lease.Turn, message, forget: false, CancellationToken.None);
                await EnsureReadyAsync(stop);
                return;
        }
        if (_deaths.IsTheTurnsFault())
        {
            await FaultAsync(lease, TurnFault.KilledAgent, message);
            await EnsureReadyAsync(stop);
            return;
        }
        await store.ReleaseAsync(lease.Turn, message, forget: false, CancellationToken.None);
        await PauseAsync($"it dies in every turn: {message}", stop);
    }

    private async Task FaultAsync(TurnLease lease, TurnFault fault, string reason)
    {
        var result = await store.FaultAsync(lease.Turn, fault, reason, options().Retry, CancellationToken.None);
        _deadLetters.Raise(lease, result, reason);
    }
}
