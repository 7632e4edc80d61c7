using Bellhop.Agents;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Permissions;
using Bellhop.Routing;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Lanes;

/// <summary>
/// One session's way into its agent: arrival order, one turn at a time. Decides when; what happened before is read from
/// the store and, after a crash, from the agent's transcript.
/// </summary>
internal sealed partial class Lane(
    SessionId session,
    LaneGate gate,
    IEventStore store,
    IAgent agent,
    PromptComposer composer,
    PermissionRequests permissions,
    Alarms alarms,
    Func<LaneOptions> options,
    TimeProvider time,
    ILogger<Lane> logger
)
{
    private const string StoreAlarm = "store";

    private const string HandedOver = "its session was handed over to a terminal";

    private readonly LaneState _state = new(session, agent, time);
    private readonly Pause _pause = new(options);
    private readonly TurnRun _run = new(session, store, agent, composer, permissions, options, time, logger);
    private readonly DeadLetterAlarm _deadLetters = new(session, alarms);
    private readonly TurnRecovery _recovery = new(session, store, agent, alarms);
    private Task _completing = Task.CompletedTask;
    private readonly DeathCount _deaths = new();

    /// <summary>What it does now.</summary>
    public LaneStatus Status => _state.Status;

    /// <summary>Completes when it works for the first time, or says why it cannot.</summary>
    public Task Begun => _state.Begun;

    private string AlarmName => $"agent:{session}";

    /// <summary>
    /// Runs until told to stop; then the turn under way gets its drain budget and the agent is ended in order. Where the
    /// term is lost first, the agent is killed and its turn left as it stands: the next term settles it.
    /// </summary>
    public async Task RunAsync(CentralTerm term, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, term.Lost);
        var killed = Task.CompletedTask;
        await using var lost = term.Lost.Register(() => killed = KillAsync());
        try
        {
            while (true)
                await HoldAsync(term, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            Log.Drained(logger, session);
        }
        finally
        {
            await killed;
            await agent.StopAsync(CancellationToken.None);
            if (stop.IsCancellationRequested)
                _state.Stopped();
            else
                _state.Standby();
        }
    }

    /// <summary>A cancelled stop waits for nothing.</summary>
    private Task KillAsync() =>
        Task.Run(() => agent.StopAsync(new CancellationToken(canceled: true)), CancellationToken.None);

    /// <summary>Works for as long as the session is its agent's; then leaves it as a terminal must find it.</summary>
    private async Task HoldAsync(CentralTerm term, CancellationToken stop)
    {
        if (gate.IsClosed)
            _state.Away();
        using var pass = await gate.EnterAsync(stop);
        try
        {
            while (true)
                await WorkAsync(term, pass.Closing);
        }
        catch (OperationCanceledException) when (pass.Closing.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            await agent.StopAsync(CancellationToken.None);
            await GiveBackAsync();
            _state.Away();
            Log.LetGo(logger, session);
        }
    }

    /// <summary>What a lane holds when it is told to go is rarely anything: its turn has ended and said how.</summary>
    private async Task GiveBackAsync()
    {
        try
        {
            await _recovery.WriteAnswerAsync(CancellationToken.None);
            await store.AbandonAsync(session, HandedOver, CancellationToken.None);
        }
        catch (StoreException e) when (e.IsDiskFull)
        {
            alarms.Raise(StoreAlarm, $"{e.Message} What was in hand stays there until the session comes back.");
        }
    }

    /// <summary>Settles what was left open and works, until the disk is full: then it waits, and begins anew.</summary>
    private async Task WorkAsync(CentralTerm term, CancellationToken stop)
    {
        try
        {
            _state.Recovering();
            if (await _recovery.RunAsync(term, stop))
                alarms.Clear(StoreAlarm);
            await EnsureReadyAsync(stop);
            while (true)
            {
                _state.Idle();
                var lease = await NextAsync(term, stop);
                alarms.Clear(StoreAlarm); // a lease is a commit: there is room
                _state.Busy(lease.Turn);
                await DoTurnAsync(lease, term, stop);
            }
        }
        catch (StoreException e) when (e.IsDiskFull)
        {
            alarms.Raise(StoreAlarm, $"{e.Message} Turns wait until there is room; nothing is lost.");
            await SleepAsync(e.Message, stop);
        }
    }

    /// <summary>
    /// Waits for work. It is asked for while the turn before is still being completed, which is then one commit; but
    /// nothing is begun before that is on disk.
    /// </summary>
    private async Task<TurnLease> NextAsync(CentralTerm term, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var lease = store.LeaseAsync(session, Batch, enough.Token);
        (var completing, _completing) = (_completing, Task.CompletedTask);
        try
        {
            await completing;
            return await KeptUpAsync(lease, stop);
        }
        catch (Exception e)
        {
            await enough.CancelAsync();
            await ((Task)lease).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (lease.IsCompletedSuccessfully)
                await NeverBegunAsync(lease.Result, e, term, stop);
            throw;
        }
    }

    /// <summary>Keeps the idle agent up until there is work: the next event should not wait for a start.</summary>
    private async Task<TurnLease> KeptUpAsync(Task<TurnLease> lease, CancellationToken stop)
    {
        while (await Task.WhenAny(lease, agent.WhenDown) != lease)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
            if (await agent.EnsureReadyAsync(stop) is { } failure)
                await Task.WhenAny(lease, PauseAsync(failure.Message, enough.Token));
            else
            {
                alarms.Clear(AlarmName);
                _state.Idle();
            }
            await enough.CancelAsync();
        }
        return await lease;
    }

    private async Task DoTurnAsync(TurnLease lease, CentralTerm term, CancellationToken stop)
    {
        if (await ReadyForAsync(lease, term, stop) is { } down)
        {
            await store.ReleaseAsync(lease.Turn, down.Message, forget: false, CancellationToken.None);
            await PauseAsync(down.Message, stop);
            return;
        }
        var report = await _run.RunAsync(lease, stop);
        if (report.Failure is null)
            Succeed(lease, report);
        else if (!term.Lost.IsCancellationRequested)
            await FailAsync(lease, report, report.Failure, stop);
    }

    private async Task<AgentFailure?> ReadyForAsync(TurnLease lease, CentralTerm term, CancellationToken stop)
    {
        try
        {
            return await agent.EnsureReadyAsync(stop);
        }
        catch (OperationCanceledException e)
        {
            await NeverBegunAsync(lease, e, term, stop);
            throw;
        }
    }

    /// <summary>A turn was leased, and what happened meanwhile keeps it from the agent.</summary>
    private async Task NeverBegunAsync(TurnLease lease, Exception why, CentralTerm term, CancellationToken stop)
    {
        if (why is OperationCanceledException && stop.IsCancellationRequested)
            await _recovery.NeverBegunAsync(lease.Turn, term);
        else
            _recovery.NeverBegun(lease.Turn);
    }

    /// <summary>What is begun here, <see cref="NextAsync"/> sees to its end.</summary>
    private void Succeed(TurnLease lease, TurnReport report)
    {
        _recovery.Answered(lease.Turn, report);
        Reply[] replies = [new Reply(0, report.Answer!)];
        _completing = report.IsJournalled
            ? store.CompleteAsync(lease.Turn, replies, report.Note, CancellationToken.None)
            : store.AnsweredAsync(lease.Turn, report.Told, replies, report.Note, CancellationToken.None);
        _deaths.Forget();
        _isProbing = false;
        _pause.Reset();
        alarms.Clear(AlarmName);
    }

    /// <summary>Tries until the agent can take a prompt; meanwhile everything stays queued.</summary>
    private async Task EnsureReadyAsync(CancellationToken stop)
    {
        var failed = false;
        for (; await agent.EnsureReadyAsync(stop) is { } failure; failed = true)
            await PauseAsync(failure.Message, stop);
        if (failed)
            alarms.Clear(AlarmName);
    }

    private async Task PauseAsync(string reason, CancellationToken stop)
    {
        alarms.Raise(
            AlarmName,
            $"The agent of {session} cannot work: {reason.TrimEnd('.')}. Its events wait; nothing is lost."
        );
        await SleepAsync(reason, stop);
    }

    private async Task SleepAsync(string reason, CancellationToken stop)
    {
        var wait = _pause.Next();
        _state.Paused(reason, time.GetUtcNow() + wait);
        await Task.Delay(wait, time, stop);
    }

    private static partial class Log
    {
        [LoggerMessage(300, LogLevel.Warning, "Lane {Session}: turn {Turn} failed: {Cause}")]
        public static partial void TurnFailed(ILogger logger, SessionId session, Ulid turn, AgentFailureCause cause);

        [LoggerMessage(301, LogLevel.Information, "Lane {Session} has drained")]
        public static partial void Drained(ILogger logger, SessionId session);

        [LoggerMessage(302, LogLevel.Information, "Lane {Session} has let go: a terminal has the session")]
        public static partial void LetGo(ILogger logger, SessionId session);
    }
}
