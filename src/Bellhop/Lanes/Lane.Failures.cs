using Bellhop.Agents;
using Bellhop.Events;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Lanes;

// What becomes of a turn that did not go well.
internal sealed partial class Lane
{
    private bool _isProbing;

    /// <summary>
    /// What the next prompt may carry. While the agent fails and cannot be asked what it took, every try costs its events:
    /// one at a time.
    /// </summary>
    private BatchLimits Batch => _isProbing ? options().Batch with { MaxEvents = 1 } : options().Batch;

    private async Task FailAsync(TurnLease lease, TurnReport report, AgentFailure failure, CancellationToken stop)
    {
        Log.TurnFailed(logger, session, lease.Turn, failure.Cause);
        if (failure.Cause == AgentFailureCause.Died)
            await DiedAsync(lease, report, failure.Message, stop);
        else if (await IsCertainAsync(lease, report, failure, stop))
            await GiveBackAsync(lease, failure, stop);
    }

    /// <summary>
    /// Sees to it that the journal says truly whether the agent has the events: without its receipt the transcript is
    /// asked, because it may have them all the same. False where that settled the turn, or leaves it to the next start.
    /// </summary>
    private async Task<bool> IsCertainAsync(
        TurnLease lease,
        TurnReport report,
        AgentFailure failure,
        CancellationToken stop
    )
    {
        if (report.Delivered || !report.Told || failure.NeverTaken)
            return true;
        if (stop.IsCancellationRequested && !gate.IsClosed)
        {
            // To ask may mean to start the agent, which a gateway that stops has no time for. The next start asks.
            Log.LeftOpen(logger, session, lease.Turn);
            return false;
        }
        switch (await agent.ArrivedAsync(report.Marker, CancellationToken.None))
        {
            case Arrival.Yes:
                await store.InjectedAsync(lease.Turn, report.Told, "found in the transcript", CancellationToken.None);
                return true;
            case Arrival.Unknown:
                await FaultAsync(lease, TurnFault.Interrupted, failure.Message);
                _isProbing = failure.Cause == AgentFailureCause.Outage;
                if (_isProbing)
                    await PauseAsync(failure.Message, stop);
                return false;
            default:
                return true;
        }
    }

    /// <summary>What the journal says of the turn is true; now it is given back, or counted as a failure.</summary>
    private async Task GiveBackAsync(TurnLease lease, AgentFailure failure, CancellationToken stop)
    {
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

    private static partial class Log
    {
        [LoggerMessage(
            304,
            LogLevel.Information,
            "Lane {Session}: turn {Turn} stays open; the next start asks the agent whether it has it"
        )]
        public static partial void LeftOpen(ILogger logger, SessionId session, Ulid turn);
    }
}
