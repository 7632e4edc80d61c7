using Bellhop.Diagnostics;

namespace Bellhop.Cli.Rendering;

/// <summary>Who takes a session's events, in few words.</summary>
internal static class SessionHolderView
{
    /// <summary><c>pi, pid 7 on box</c>, or <c>nobody</c>.</summary>
    public static string Who(SessionStatus session)
    {
        if (session.Holder is not { } holder)
            return "nobody";
        var where = (holder.Pid is { } pid ? $" pid {pid}" : "") + (holder.Host is { } host ? $" on {host}" : "");
        return Printable.Line($"{holder.Name ?? holder.Kind}{(where is "" ? "" : ",")}{where}");
    }

    /// <summary><c>renewed 3 s ago</c> for a terminal; when it was last seen for a session that nobody holds.</summary>
    public static string Lease(SessionStatus session, DateTimeOffset now) =>
        session.Holder?.RenewedAt is { } renewed ? $"renewed {RelativeTime.Ago(renewed, now)}"
        : session.Holder is null && session.LastSeen is { } seen ? $"seen {RelativeTime.Ago(seen, now)}"
        : "-";
}
