using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Pi;

/// <summary>
/// pi over its RPC protocol: one process, kept on the fixed session file of one session. The rule behind everything
/// here: a turn is reported as ended only when nothing of it can still happen in the process, or the process is dead.
/// </summary>
internal sealed partial class PiAgent(
    IPiLauncher launcher,
    RestartPolicy restarts,
    TimeSpan readyTimeout,
    TimeProvider time,
    ILogger logger
) : IAgent
{
    // From our line to its echo takes 3 ms; an extension that thinks about the input may take longer.
    private static readonly TimeSpan ReceiptLimit = TimeSpan.FromSeconds(60);

    // A healthy pi aborts in 3 to 10 ms, also with a model that hangs and in a tool.
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _changing = new(1);
    private PiSession? _session;
    private AgentFailure? _problem;
    private volatile bool _starting;
    private int _turns;

    public AgentStatus Status
    {
        get
        {
            var session = _session is { IsAlive: true } alive ? alive : null;
            var phase =
                _starting ? AgentPhase.Starting
                : session is null ? (_problem is null ? AgentPhase.Stopped : AgentPhase.Failed)
                : _turns > 0 ? AgentPhase.Busy
                : AgentPhase.Idle;
            return new AgentStatus("pi", phase, session?.Pid, session?.Version, session?.Model, _problem?.Message);
        }
    }

    public Task WhenDown => _session is { } session ? session.Closed : Task.CompletedTask;

    public async Task<AgentFailure?> EnsureReadyAsync(CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel);
        try
        {
            if (_session is { IsAlive: true })
                return null;
            await LetGoAsync();
            if (restarts.IsOpen)
                return _problem;
            await Task.Delay(restarts.Pause, time, cancel);
            return _problem = await StartAsync(cancel);
        }
        catch (Exception e) when (e is BellhopException or IOException or UnauthorizedAccessException)
        {
            Log.NotReady(logger, e.Message);
            return _problem = new AgentFailure(AgentFailureCause.Outage, e.Message);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async IAsyncEnumerable<TurnSignal> PromptAsync(
        Prompt prompt,
        [EnumeratorCancellation] CancellationToken stopTurn
    )
    {
        if (Interlocked.Increment(ref _turns) > 1)
        {
            Interlocked.Decrement(ref _turns);
            throw new AgentException("pi was given a prompt during a turn; one at a time.");
        }
        try
        {
            await foreach (var signal in TurnAsync(prompt, stopTurn))
                yield return signal;
        }
        finally
        {
            Interlocked.Decrement(ref _turns);
        }
    }

    public async Task<Arrival> ArrivedAsync(string marker, CancellationToken cancel)
    {
        await launcher.ReapAsync(cancel); // a process that still writes could make the answer untrue
        var found = await Task.Run(() => PiTranscript.Find(launcher.Transcript, marker), cancel);
        // 0.73.1 writes its first user message down together with the first reply; until then it only has it in mind.
        return found is Arrival.No && _session is { IsAlive: true } session && session.Took(marker)
            ? new Arrival.Yes(null)
            : found;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await _changing.WaitAsync(CancellationToken.None);
        try
        {
            if (_session is { IsAlive: true } session)
            {
                if (_turns > 0 && !cancel.IsCancellationRequested)
                    await session.AbortAsync(AbortLimit, cancel);
                await session.StopAsync(cancel);
            }
            await LetGoAsync();
            _problem = null;
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _changing.Dispose();
    }

    private async Task<AgentFailure?> StartAsync(CancellationToken cancel)
    {
        _starting = true;
        try
        {
            var session = _session = new PiSession(await launcher.LaunchAsync(cancel), time, logger);
            if (await session.GetReadyAsync(readyTimeout, cancel) is not { } problem)
            {
                restarts.Started();
                Log.Ready(logger, session.Pid, session.Version ?? "unknown", session.Model);
                return null;
            }
            restarts.FailedToStart();
            throw new AgentException(problem);
        }
        catch
        {
            await LetGoAsync();
            throw;
        }
        finally
        {
            _starting = false;
        }
    }

    private async Task LetGoAsync()
    {
        if (_session is { } session)
        {
            await session.DisposeAsync();
            _session = null;
        }
    }

    private async IAsyncEnumerable<TurnSignal> TurnAsync(
        Prompt prompt,
        [EnumeratorCancellation] CancellationToken stopTurn
    )
    {
        if (_session is not { IsAlive: true } session)
        {
            yield return TurnSignal.Ended.Failed(AgentFailureCause.Outage, _problem?.Message ?? "pi is not running.");
            yield break;
        }
        if (stopTurn.IsCancellationRequested)
        {
            yield return TurnSignal.Ended.Failed(AgentFailureCause.Stopped, "The turn was stopped before it began.");
            yield break;
        }
        var over = false;
        var records = session.BeginTurn();
        try
        {
            var turn = session.NewTurn(prompt);
            var ended = await session.PromptAsync(turn, prompt) ? null : await DiedAsync(session);
            while (ended is null)
            {
                var (record, end) = await NextAsync(session, turn, records, stopTurn);
                if (record is null)
                {
                    ended = end;
                    break;
                }
                foreach (var signal in turn.Take(record))
                    yield return signal;
                session.Learn(turn, prompt);
                if (turn.WantsState && turn.Ended is null)
                    await session.AskStateAsync(turn);
                ended = turn.Ended;
            }
            over = true;
            if (ended!.Failure is null)
                restarts.Worked();
            yield return ended;
        }
        finally
        {
            session.EndTurn();
            if (!over)
                await session.KillAsync(); // nobody listens any more, so nobody would know how it ends
        }
    }

    /// <summary>The next record; or none, and how the turn ended instead.</summary>
    private async Task<(PiRecord? Record, TurnSignal.Ended? End)> NextAsync(
        PiSession session,
        PiTurn turn,
        ChannelReader<PiRecord> records,
        CancellationToken stopTurn
    )
    {
        if (!stopTurn.IsCancellationRequested && records.TryRead(out var next))
            return (next, null);
        var patience = turn.Delivered ? Timeout.InfiniteTimeSpan : ReceiptLimit + turn.QuietFor;
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopTurn, limit.Token);
        try
        {
            return (await records.ReadAsync(either.Token), null);
        }
        catch (ChannelClosedException)
        {
            return (null, await DiedAsync(session));
        }
        catch (OperationCanceledException) when (stopTurn.IsCancellationRequested)
        {
            return (null, await StoppedAsync(session, turn, records));
        }
        catch (OperationCanceledException)
        {
            // pi loses a prompt now and then without a word (seen with two at once). Should it remember later, it must not.
            await session.KillAsync();
            restarts.Died();
            return (null, TurnSignal.Ended.Failed(AgentFailureCause.Outage, "pi took the prompt and never began."));
        }
    }

    private async Task<TurnSignal.Ended> DiedAsync(PiSession session)
    {
        await session.KillAsync();
        restarts.Died();
        Log.Died(logger, session.Pid);
        return TurnSignal.Ended.Failed(AgentFailureCause.Died, session.LastWords);
    }

    private async Task<TurnSignal.Ended> StoppedAsync(PiSession session, PiTurn turn, ChannelReader<PiRecord> records)
    {
        // Before the receipt pi may still be making up its mind, and would start after an abort that found nothing to abort.
        var drained = DrainAsync(records);
        // And after a compaction it may go on by itself.
        var stopped =
            turn is { Delivered: true, IsCompacting: false }
            && await session.AbortAsync(AbortLimit, CancellationToken.None);
        if (!stopped)
            await session.KillAsync();
        session.EndTurn();
        await drained;
        Log.Stopped(logger, session.Pid, stopped ? "abort" : "kill");
        return TurnSignal.Ended.Failed(AgentFailureCause.Stopped, stopped ? "The turn was stopped." : "pi was killed.");
    }

    private static async Task DrainAsync(ChannelReader<PiRecord> records)
    {
        await foreach (var _ in records.ReadAllAsync(CancellationToken.None)) { }
    }

    private static partial class Log
    {
        [LoggerMessage(330, LogLevel.Information, "pi {Pid} is ready (version {Version}, model {Model})")]
        public static partial void Ready(ILogger logger, int pid, string? version, string? model);

        [LoggerMessage(331, LogLevel.Warning, "pi is not ready: {Problem}")]
        public static partial void NotReady(ILogger logger, string problem);

        [LoggerMessage(332, LogLevel.Warning, "pi {Pid} died in a turn")]
        public static partial void Died(ILogger logger, int pid);

        [LoggerMessage(333, LogLevel.Information, "The turn of pi {Pid} was stopped by {Means}")]
        public static partial void Stopped(ILogger logger, int pid, string means);
    }
}
