using Bellhop.Routing;

namespace Bellhop.Diagnostics;

/// <summary>Who takes a session's events.</summary>
public sealed record HolderStatus
{
    /// <summary>
    /// pi, command, echo: an agent of ours. pi-terminal, or what else it calls itself: a terminal with a lease. listener:
    /// clients that only listen on the session's notify channel.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The machine.</summary>
    public string? Host { get; init; }

    /// <summary>The process there.</summary>
    public int? Pid { get; init; }

    /// <summary>Where a terminal works.</summary>
    public string? Cwd { get; init; }

    /// <summary>idle or busy, as it says; for an agent of ours its lane's phase.</summary>
    public string? State { get; init; }

    /// <summary>Provider and model.</summary>
    public string? Model { get; init; }

    /// <summary>What its person calls it.</summary>
    public string? Name { get; init; }

    /// <summary>When it took the session.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When a terminal last renewed its lease.</summary>
    public DateTimeOffset? RenewedAt { get; init; }

    /// <summary>When that lease ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    internal static HolderStatus? Of(LaneStatus? lane, TerminalLease? lease, int listeners) =>
        lane is { Phase: not (LaneStatus.Away or LaneStatus.Standby) } ? Of(lane)
        : lease is not null ? Of(lease)
        : listeners > 0 ? new HolderStatus { Kind = "listener" }
        : null;

    private static HolderStatus Of(LaneStatus lane) =>
        new()
        {
            Kind = lane.Agent,
            Host = Environment.MachineName,
            Pid = lane.AgentPid,
            State = lane.Phase,
            Model = lane.Model,
        };

    private static HolderStatus Of(TerminalLease lease) =>
        new()
        {
            Kind = lease.Kind ?? "terminal",
            Host = lease.Host,
            Pid = lease.Pid,
            Cwd = lease.Cwd,
            State = lease.State,
            Model = lease.Model,
            Name = lease.Name,
            Since = lease.Since,
            RenewedAt = lease.ExpiresAt - lease.Period,
            ExpiresAt = lease.ExpiresAt,
        };
}
