using Bellhop.Agents;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Lanes;

/// <summary>Runs the lanes of the sessions that an agent of ours serves.</summary>
public sealed partial class LaneHost : BackgroundService, ILaneStatusSource
{
    private readonly IReadOnlyList<(SessionId Session, Lane Lane)> _lanes;
    private readonly IHostApplicationLifetime _application;
    private readonly ILogger<LaneHost> _logger;

    /// <summary>One lane for each session and its agent.</summary>
    public LaneHost(
        IReadOnlyDictionary<SessionId, IAgent> agents,
        IEventStore store,
        Alarms alarms,
        LaneOptions options,
        TimeProvider time,
        IHostApplicationLifetime application,
        ILoggerFactory loggers
    )
    {
        var (composer, logger) = (new PromptComposer(time), loggers.CreateLogger<Lane>());
        _lanes =
        [
            .. agents.Select(a => (a.Key, new Lane(a.Key, store, a.Value, composer, alarms, options, time, logger))),
        ];
        _application = application;
        _logger = loggers.CreateLogger<LaneHost>();
    }

    /// <inheritdoc />
    public IReadOnlyList<LaneStatus> Lanes => [.. _lanes.Select(l => l.Lane.Status)];

    /// <summary>True where an agent of ours takes the session's events.</summary>
    public bool Serves(SessionId session) => _lanes.Any(l => l.Session == session);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(
                _lanes.Select(l => Task.Run(() => l.Lane.RunAsync(stoppingToken), CancellationToken.None))
            );
        }
        catch (Exception e)
        {
            // A lane that stopped on its own would leave events waiting in silence: better no gateway than half of one.
            Log.LaneBroke(_logger, e);
            _application.StopApplication();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(310, LogLevel.Critical, "A lane stopped on its own; the gateway stops")]
        public static partial void LaneBroke(ILogger logger, Exception e);
    }
}
