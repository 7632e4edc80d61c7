using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Diagnostics;

/// <summary>
/// Alarms that follow from how things stand, one for each cause however often it strikes: a flood of dead letters must
/// not push out what else is wrong.
/// </summary>
public static class StandingAlarms
{
    private const string Dead = "dead";
    private const string Disk = "disk";

    /// <summary>An event could not be delivered. The alarm names the last one and lasts until no dead letter is left.</summary>
    public static void RaiseDead(Alarms alarms, SessionId session, Ulid key, string reason)
    {
        ArgumentNullException.ThrowIfNull(alarms);
        ArgumentNullException.ThrowIfNull(reason);
        alarms.Restate(
            Dead,
            $"An event could not be delivered to {session}: {reason.TrimEnd('.')}. See `bellhop dead show {key}`; "
                + "`bellhop dead list` has all of them, to be replayed or dropped."
        );
    }

    /// <summary>Raises and clears what the counts and the bus tell.</summary>
    public static void Review(Alarms alarms, StoreCounts counts, BusStatus bus)
    {
        ArgumentNullException.ThrowIfNull(alarms);
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(bus);
        if (counts.Dead == 0)
            alarms.Clear(Dead);
        if (bus.Refusal is { } why)
            alarms.Raise(Disk, why);
        else
            alarms.Clear(Disk);
    }
}
