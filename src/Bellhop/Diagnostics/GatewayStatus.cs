namespace Bellhop.Diagnostics;

/// <summary>The whole state at a glance: what <c>bellhop status --json</c> and <c>GET /v1/status</c> print.</summary>
public sealed record GatewayStatus
{
    /// <summary>Bellhop's version.</summary>
    public required string Version { get; init; }

    /// <summary>Its process.</summary>
    public required int Pid { get; init; }

    /// <summary>starting, ready or stopping.</summary>
    public required string Phase { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Where the page and the API are.</summary>
    public required string Http { get; init; }

    /// <summary>What carries the events.</summary>
    public required BusStatus Bus { get; init; }

    /// <summary>Deliveries not yet terminal.</summary>
    public required long Unfinished { get; init; }

    /// <summary>Dead letters not put away.</summary>
    public required long Dead { get; init; }

    /// <summary>Known sessions, <c>gateway</c> first.</summary>
    public required IReadOnlyList<SessionStatus> Sessions { get; init; }

    /// <summary>What waits for a person's leave (<c>permission:ID</c>), then open alarms, oldest first.</summary>
    public required IReadOnlyList<Alarm> Alarms { get; init; }

    /// <summary>What a person should know but need not mend at night: no pi, a Redis beside us.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}

/// <summary>What carries the events.</summary>
/// <param name="Kind">embedded or redis.</param>
/// <param name="Resp">Where the Redis protocol is spoken; null = nowhere.</param>
/// <param name="Prefix">What keys start with.</param>
public sealed record BusStatus(string Kind, string? Resp, string Prefix)
{
    /// <summary>The Redis, without its password; null where there is none.</summary>
    public string? Url { get; init; }

    /// <summary>What this gateway is among several: central, standby or unknown; null where there can be no other.</summary>
    public string? Role { get; init; }

    /// <summary>Who is central, where it is somebody else.</summary>
    public string? Central { get; init; }

    /// <summary>What is wrong with Redis, with the mend; null where nothing is.</summary>
    public string? Problem { get; init; }

    /// <summary>Why no event is accepted now, with the mend; null where they are.</summary>
    public string? Refusal { get; init; }

    /// <summary>Events that wait on this machine's disk until Redis is back.</summary>
    public int Spooled { get; init; }
}

/// <summary>A session at a glance.</summary>
public sealed record SessionStatus
{
    /// <summary>Its id.</summary>
    public required string Session { get; init; }

    /// <summary>central, satellite, or hold: where a rule keeps events until they are released.</summary>
    public required string Role { get; init; }

    /// <summary>In the set that producers read.</summary>
    public required bool Member { get; init; }

    /// <summary>Waiting for the session to be seen.</summary>
    public required long Accepted { get; init; }

    /// <summary>Waiting in its lane.</summary>
    public required long Queued { get; init; }

    /// <summary>In the turn under way.</summary>
    public required long InTurn { get; init; }

    /// <summary>When the event that is first in line arrived; null when none waits.</summary>
    public DateTimeOffset? OldestWaitingAt { get; init; }

    /// <summary>Its lane, where an agent of ours serves it; null where a terminal takes its own events.</summary>
    public LaneStatus? Lane { get; init; }

    /// <summary>Who takes its events now; null = nobody.</summary>
    public HolderStatus? Holder { get; init; }

    /// <summary>When it was last seen.</summary>
    public DateTimeOffset? LastSeen { get; init; }
}

/// <summary>A lane and its agent at a glance.</summary>
public sealed record LaneStatus
{
    /// <summary>The phase of a lane whose session a terminal has.</summary>
    public const string Away = "away";

    /// <summary>The phase of a lane whose gateway is not central.</summary>
    public const string Standby = "standby";

    /// <summary>The session it serves.</summary>
    public required string Session { get; init; }

    /// <summary>
    /// standby (another gateway is central), recovering, idle, busy, paused, stopped, or away while a terminal has the session.
    /// </summary>
    public required string Phase { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The turn under way.</summary>
    public string? Turn { get; init; }

    /// <summary>Why it is paused.</summary>
    public string? Reason { get; init; }

    /// <summary>When a paused lane tries again.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>pi, command, echo, none.</summary>
    public required string Agent { get; init; }

    /// <summary>stopped, starting, idle, busy or failed.</summary>
    public required string AgentPhase { get; init; }

    /// <summary>The agent's process.</summary>
    public int? AgentPid { get; init; }

    /// <summary>What the agent says of itself.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>Provider and model.</summary>
    public string? Model { get; init; }

    /// <summary>What is wrong with the agent, with the mend.</summary>
    public string? Problem { get; init; }
}
