using System.Text;
using Bellhop.Diagnostics;
using Bellhop.Redis.Listener;
using Bellhop.Store;

namespace Bellhop.Redis.Commands;

/// <summary>The text of INFO: the fields that clients read, and ours.</summary>
internal sealed class RedisInfo(
    ClientRoster roster,
    PubSub pubSub,
    RespStatistics statistics,
    IEventStore store,
    Readiness readiness,
    TimeProvider time
)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The named sections, or all of them where none (or <c>all</c>, <c>everything</c>, <c>default</c>) is named.</summary>
    public string Text(IReadOnlyCollection<string> sections)
    {
        var all = sections.Count == 0 || sections.Any(s => s is "all" or "everything" or "default");
        var text = new StringBuilder();
        foreach (var (name, fields) in Sections())
        {
            if (!all && !sections.Contains(name.ToLowerInvariant()))
                continue;
            if (text.Length > 0)
                text.Append("\r\n");
            text.Append("# ").Append(name).Append("\r\n");
            foreach (var (field, value) in fields)
                text.Append(field).Append(':').Append(value).Append("\r\n");
        }
        return text.ToString();
    }

    private IEnumerable<(string Name, (string, object)[] Fields)> Sections()
    {
        var starting = readiness.Phase == GatewayPhase.Starting;
        yield return (
            "Server",
            [
                ("redis_version", ServerCommands.RedisVersion),
                ("redis_mode", "standalone"),
                ("bellhop_version", typeof(RedisInfo).Assembly.GetName().Version!.ToString(3)),
                ("process_id", Environment.ProcessId),
                ("uptime_in_seconds", (long)time.GetElapsedTime(_start).TotalSeconds),
            ]
        );
        yield return ("Clients", [("connected_clients", roster.Count), ("maxclients", ListenerLimits.MaxConnections)]);
        yield return (
            "Memory",
            [("used_memory", GC.GetTotalMemory(false)), ("used_memory_rss", Environment.WorkingSet)]
        );
        yield return ("Persistence", [("loading", starting ? 1 : 0), ("aof_enabled", 1)]);
        yield return (
            "Stats",
            [
                ("total_connections_received", statistics.Accepted),
                ("total_commands_processed", statistics.Commands),
                ("rejected_connections", statistics.Rejected),
                ("client_output_buffer_limit_disconnections", statistics.SlowSubscribers),
                ("pubsub_channels", pubSub.ChannelCount),
                ("pubsub_patterns", pubSub.PatternCount),
            ]
        );
        yield return ("Replication", [("role", "master"), ("connected_slaves", 0)]);
        yield return ("Cluster", [("cluster_enabled", 0)]);
        if (!starting)
            yield return ("Bellhop", [("unfinished", store.Counts.Unfinished), ("dead", store.Counts.Dead)]);
    }
}
