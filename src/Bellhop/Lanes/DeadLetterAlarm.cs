using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Lanes;

/// <summary>Every event that becomes a dead letter has one alarm, however its turn ended.</summary>
internal sealed class DeadLetterAlarm(SessionId session, Alarms alarms)
{
    /// <summary>Raises it for those of the turn that are dead now.</summary>
    public void Raise(TurnLease lease, FaultResult result, string reason)
    {
        foreach (var dead in result.Dead)
        {
            var e = lease.Deliveries.First(d => d.Delivery == dead).Event;
            alarms.Raise(
                $"dead:{e.Key}",
                $"An event could not be delivered to {session}: {reason.TrimEnd('.')}. See `bellhop dead show {e.Key}`."
            );
        }
    }
}
