using Bellhop.Events;
using Bellhop.Permissions;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Diagnostics;

/// <summary>What only the composed program knows about itself.</summary>
/// <param name="Http">Where the page and the API are.</param>
/// <param name="Bus">What carries the events.</param>
/// <param name="Notices">What a person should know.</param>
public sealed record GatewayFacts(string Http, BusStatus Bus, IReadOnlyList<string> Notices);

/// <summary>Says how the lanes are; implemented where lanes and agents are known.</summary>
public interface ILaneStatusSource
{
    /// <summary>One for each lane.</summary>
    IReadOnlyList<LaneStatus> Lanes { get; }
}

/// <summary>Takes stock of everything. Changes nothing but alarms whose cause came or went.</summary>
public sealed class StatusReporter(
    IEventStore store,
    SessionRegistry registry,
    Readiness readiness,
    Alarms alarms,
    PermissionRequests permissions,
    ILaneStatusSource lanes,
    TerminalLeases terminals,
    Func<GatewayFacts> facts,
    TimeProvider time
)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>The whole state.</summary>
    public async Task<GatewayStatus> ReportAsync(CancellationToken cancel)
    {
        var (known, counts, now) = (facts(), store.Counts, await SessionsAsync(cancel));
        StandingAlarms.Review(alarms, counts, known.Bus);
        return new GatewayStatus
        {
            Version = typeof(StatusReporter).Assembly.GetName().Version!.ToString(3),
            Pid = Environment.ProcessId,
            Phase = readiness.Phase.ToString().ToLowerInvariant(),
            StartedAt = _startedAt,
            Http = known.Http,
            Bus = known.Bus,
            Unfinished = counts.Unfinished,
            Dead = counts.Dead,
            Sessions = now,
            Alarms = [.. PermissionAlarms.Of(permissions.Open), .. alarms.Open],
            Notices = [.. known.Notices, .. HolderNotices.Of(now[0], terminals)],
        };
    }

    /// <summary>Members of the set, and every other session that something waits for.</summary>
    public async Task<IReadOnlyList<SessionStatus>> SessionsAsync(CancellationToken cancel)
    {
        var counts = store.Counts.Sessions.ToDictionary(c => c.Session);
        var (oldest, records) = await AskAsync(counts.Values, cancel);
        var served = lanes.Lanes.ToDictionary(l => l.Session);
        return
        [
            .. registry
                .Members.Concat(counts.Keys)
                .Distinct()
                .Select(session =>
                {
                    var count = counts.GetValueOrDefault(session, new SessionCounts(session, 0, 0, 0));
                    var lane = served.GetValueOrDefault(session.Value);
                    return new SessionStatus
                    {
                        Session = session.Value,
                        Role =
                            session.IsGateway ? "central"
                            : HoldSession.RuleOf(session) is not null ? "hold"
                            : "satellite",
                        Member = registry.IsMember(session),
                        Accepted = count.Accepted,
                        Queued = count.Queued,
                        InTurn = count.InTurn,
                        OldestWaitingAt = oldest.GetValueOrDefault(session),
                        Lane = lane,
                        Holder = HolderStatus.Of(lane, terminals.Of(session), terminals.ListenersOf(session)),
                        LastSeen = records.GetValueOrDefault(session)?.LastSeen,
                    };
                }),
        ];
    }

    /// <summary>While the store is away the status says so, and leaves out what only the store knows.</summary>
    private async Task<(Dictionary<SessionId, DateTimeOffset?>, Dictionary<SessionId, SessionRecord>)> AskAsync(
        IReadOnlyCollection<SessionCounts> counts,
        CancellationToken cancel
    )
    {
        try
        {
            var records = await store.SessionsAsync(cancel);
            return (await OldestAsync(counts, cancel), records.ToDictionary(r => r.Session));
        }
        catch (StoreException e) when (e.IsAway)
        {
            return ([], []);
        }
    }

    private async Task<Dictionary<SessionId, DateTimeOffset?>> OldestAsync(
        IEnumerable<SessionCounts> counts,
        CancellationToken cancel
    )
    {
        var oldest = new Dictionary<SessionId, DateTimeOffset?>();
        foreach (var (session, _, _, _) in counts.Where(c => c.Accepted + c.Queued > 0))
            oldest[session] = await store.OldestWaitingAsync(session, cancel);
        return oldest;
    }
}
