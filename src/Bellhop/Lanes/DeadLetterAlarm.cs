using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Lanes;

/// <summary>An event that becomes a dead letter is said aloud, however its turn ended.</summary>
internal sealed class DeadLetterAlarm(SessionId session, Alarms alarms)
{
    /// <summary>Raises it for those of the turn that are dead now.</summary>
    public void Raise(TurnLease lease, FaultResult result, string reason)
    {
        foreach (var dead in result.Dead)
        {
            var e = lease.Deliveries.First(d => d.Delivery == dead).Event;
            StandingAlarms.RaiseDead(alarms, session, e.Key, reason);
        }
    }
}
