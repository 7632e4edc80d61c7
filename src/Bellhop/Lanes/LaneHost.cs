using Bellhop.Agents;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Permissions;
using Bellhop.Routing;
using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Lanes;

/// <summary>Runs the lanes of the sessions that an agent of ours serves, for as long as this gateway is central.</summary>
public sealed partial class LaneHost : VitalLoop, ILaneStatusSource
{
    private readonly IReadOnlyList<(SessionId Session, Lane Lane)> _lanes;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly ICentral _central;
    private readonly SessionHolds _holds;
    private readonly TimeProvider _time;

    /// <summary>One lane for each session and its agent. The options are asked at each use, so that they may change.</summary>
    public LaneHost(
        IReadOnlyDictionary<SessionId, IAgent> agents,
        SessionHolds holds,
        IEventStore store,
        ICentral central,
        PermissionRequests permissions,
        Alarms alarms,
        Func<LaneOptions> options,
        TimeProvider time,
        IHostApplicationLifetime application,
        ILoggerFactory loggers
    )
        : base("A lane", application, loggers.CreateLogger<LaneHost>())
    {
        (_central, _holds, _time) = (central, holds, time);
        var (composer, logger) = (new PromptComposer(time), loggers.CreateLogger<Lane>());
        _lanes = [.. agents.Select(a => (a.Key, NewLane(a.Key, a.Value)))];

        Lane NewLane(SessionId session, IAgent agent) =>
            new(session, holds.GateOf(session), store, agent, composer, permissions, alarms, options, time, logger);
    }

    /// <inheritdoc />
    public IReadOnlyList<LaneStatus> Lanes => [.. _lanes.Select(l => l.Lane.Status)];

    /// <summary>Completes when every lane works for the first time, or says why it cannot.</summary>
    public Task Begun => Task.WhenAll(_lanes.Select(l => l.Lane.Begun));

    /// <summary>True where an agent of ours takes the session's events.</summary>
    public bool Serves(SessionId session) => _lanes.Any(l => l.Session == session);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken cancel)
    {
        while (_lanes.Count > 0 && !cancel.IsCancellationRequested)
        {
            var term = await _central.TermAsync(cancel);
            await LoadHoldsAsync(cancel);
            await Task.WhenAll(
                _lanes.Select(l => Task.Run(() => RunAsync(l.Lane, term, cancel), CancellationToken.None))
            );
        }
    }

    private async Task LoadHoldsAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await _holds.LoadAsync(cancel);
                return;
            }
            catch (BellhopException e) when (e.IsPassing)
            {
                await Task.Delay(Retry, _time, cancel); // the store is away, which whoever keeps it says
            }
        }
    }

    private async Task RunAsync(Lane lane, CentralTerm term, CancellationToken cancel)
    {
        try
        {
            await lane.RunAsync(term, cancel);
        }
        catch (StoreException e) when (e.IsFenced || term.Lost.IsCancellationRequested)
        {
            // What it wanted to write is the next one's to decide, from the journal and the transcript.
            Log.NoLongerCentral(Logger, e.Message);
            await WhenLostAsync(term, cancel);
        }
    }

    /// <summary>The store may know of a successor before the lease's own keeper does.</summary>
    private static async Task WhenLostAsync(CentralTerm term, CancellationToken cancel)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = term.Lost.Register(lost.SetResult);
        await lost.Task.WaitAsync(cancel);
    }

    private static partial class Log
    {
        [LoggerMessage(310, LogLevel.Warning, "A lane stopped, because this gateway is no longer central: {Reason}")]
        public static partial void NoLongerCentral(ILogger logger, string reason);
    }
}
