using Bellhop.Agents;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Lanes;

/// <summary>Runs the lanes of the sessions that an agent of ours serves.</summary>
public sealed class LaneHost : VitalLoop, ILaneStatusSource
{
    private readonly IReadOnlyList<(SessionId Session, Lane Lane)> _lanes;

    /// <summary>One lane for each session and its agent.</summary>
    public LaneHost(
        IReadOnlyDictionary<SessionId, IAgent> agents,
        SessionHolds holds,
        IEventStore store,
        Alarms alarms,
        LaneOptions options,
        TimeProvider time,
        IHostApplicationLifetime application,
        ILoggerFactory loggers
    )
        : base("A lane", application, loggers.CreateLogger<LaneHost>())
    {
        var (composer, logger) = (new PromptComposer(time), loggers.CreateLogger<Lane>());
        _lanes =
        [
            .. agents.Select(a =>
                (a.Key, new Lane(a.Key, holds.GateOf(a.Key), store, a.Value, composer, alarms, options, time, logger))
            ),
        ];
    }

    /// <inheritdoc />
    public IReadOnlyList<LaneStatus> Lanes => [.. _lanes.Select(l => l.Lane.Status)];

    /// <summary>True where an agent of ours takes the session's events.</summary>
    public bool Serves(SessionId session) => _lanes.Any(l => l.Session == session);

    /// <inheritdoc />
    protected override Task RunAsync(CancellationToken cancel) =>
        Task.WhenAll(_lanes.Select(l => Task.Run(() => l.Lane.RunAsync(cancel), CancellationToken.None)));
}
