using Bellhop.Events;

namespace Bellhop.Redis.Bus;

/// <summary>The keys that gateways, terminals and producers share. What the store alone knows is the store's.</summary>
internal sealed class BusKeys(string prefix)
{
    /// <summary>The lists that producers write for central: three names of one session.</summary>
    public IReadOnlyList<string> CentralLists { get; } =
    [$"{prefix}:events:gateway", $"{prefix}:events:main", $"{prefix}:events:central"];

    /// <summary>The channels on which a terminal that takes central's events listens.</summary>
    public IReadOnlyList<string> CentralChannels { get; } =
    [$"{prefix}:notify:gateway", $"{prefix}:notify:main", $"{prefix}:notify:central"];

    /// <summary>What every list of waiting rows begins with.</summary>
    public string EventsPrefix { get; } = $"{prefix}:events:";

    /// <summary>What every list of claimed rows begins with.</summary>
    public string ClaimsPrefix { get; } = $"{prefix}:claims:";

    /// <summary>What terminals say of events they took.</summary>
    public string Receipts { get; } = $"{prefix}:receipts";

    /// <summary>The set that producers read.</summary>
    public string Sessions { get; } = $"{prefix}:gateway:sessions";

    /// <summary>The number of the term; scripts of the store refuse an older one.</summary>
    public string Fence { get; } = $"{prefix}:bellhop:fence";

    /// <summary>Who was central last.</summary>
    public string LastCentral { get; } = $"{prefix}:bellhop:central";

    /// <summary>Since when lists wait for a session that is not there.</summary>
    public string Unclaimed { get; } = $"{prefix}:bellhop:unclaimed";

    /// <summary>The sessions that a person handed over to terminals.</summary>
    public string Handovers { get; } = $"{prefix}:bellhop:handovers";

    /// <summary>The channel on which is said that somebody took or left a session.</summary>
    public string News { get; } = $"{prefix}:sessions";

    /// <summary>A session's waiting rows.</summary>
    public string Events(SessionId session) => EventsPrefix + session.Value;

    /// <summary>A session's claimed rows.</summary>
    public string Claims(SessionId session) => ClaimsPrefix + session.Value;

    /// <summary>The claim that a session's terminal has in flight.</summary>
    public string Claim(SessionId session) => $"{prefix}:claim:{session.Value}";

    /// <summary>A session's lease; <c>gateway</c>'s is the lease of central.</summary>
    public string Lease(SessionId session) => $"{prefix}:session:{session.Value}";

    /// <summary>The terminal that shall have a session next.</summary>
    public string Handover(SessionId session) => $"{prefix}:handover:{session.Value}";

    /// <summary>Where a session's terminal is woken.</summary>
    public string Notify(SessionId session) => $"{prefix}:notify:{session.Value}";
}
