using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents;

/// <summary>
/// An agent in one process that is kept between turns, supervised, and started again when it dies. The rule behind
/// everything here: a turn is reported as ended only when nothing of it can still happen in the process, or the process
/// is dead.
/// </summary>
internal abstract partial class ProcessAgent<TRecord, TTurn>(
    string kind,
    RestartPolicy restarts,
    TimeSpan readyTimeout,
    TimeProvider time,
    ILogger logger
) : IAgent
    where TRecord : class
    where TTurn : ITurn<TRecord>
{
    private readonly SemaphoreSlim _changing = new(1);
    private AgentSession<TRecord, TTurn>? _session;
    private AgentFailure? _problem;
    private volatile bool _starting;
    private int _turns;

    public AgentStatus Status
    {
        get
        {
            var session = Living;
            var phase =
                _starting ? AgentPhase.Starting
                : session is null ? (_problem is null ? AgentPhase.Stopped : AgentPhase.Failed)
                : _turns > 0 ? AgentPhase.Busy
                : AgentPhase.Idle;
            return new AgentStatus(kind, phase, session?.Pid, session?.Version, session?.Model, _problem?.Message);
        }
    }

    public Task WhenDown => _session is { } session ? session.Closed : Task.CompletedTask;

    /// <summary>The process, while it can be talked to.</summary>
    protected AgentSession<TRecord, TTurn>? Living => _session is { IsAlive: true } alive ? alive : null;

    public Task<AgentFailure?> EnsureReadyAsync(CancellationToken cancel) => EnsureReadyAsync(afresh: false, cancel);

    public async IAsyncEnumerable<TurnSignal> PromptAsync(
        Prompt prompt,
        [EnumeratorCancellation] CancellationToken stopTurn
    )
    {
        if (Interlocked.Increment(ref _turns) > 1)
        {
            Interlocked.Decrement(ref _turns);
            throw new AgentException($"{kind} was given a prompt during a turn; one at a time.");
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

    public abstract Task<Arrival> ArrivedAsync(string marker, CancellationToken cancel);

    public async Task StopAsync(CancellationToken cancel)
    {
        await _changing.WaitAsync(CancellationToken.None);
        try
        {
            if (Living is { } session)
            {
                if (_turns > 0 && !cancel.IsCancellationRequested)
                    await session.AbortAsync(cancel);
                await session.StopAsync(cancel);
            }
            await LetGoAsync();
            if (!restarts.IsOpen)
                _problem = null; // while it is left alone, whoever asks must hear why
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

    /// <summary>Starts a process.</summary>
    /// <exception cref="BellhopException">It cannot be started; the message says why and how to mend it.</exception>
    protected abstract Task<AgentSession<TRecord, TTurn>> LaunchAsync(CancellationToken cancel);

    /// <summary>As <see cref="IAgent.EnsureReadyAsync"/>, in a process that was not there before when asked for.</summary>
    protected async Task<AgentFailure?> EnsureReadyAsync(bool afresh, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel);
        try
        {
            if (Living is { } living)
            {
                if (!afresh)
                    return null;
                await living.StopAsync(cancel); // in order: what it knows must be in its transcript before that is read
            }
            await LetGoAsync();
            if (restarts.IsOpen)
                return _problem ??= new AgentFailure(AgentFailureCause.Outage, $"{kind} failed to start too often.");
            await Task.Delay(restarts.Pause, time, cancel);
            return _problem = await StartAsync(cancel);
        }
        catch (Exception e) when (e is BellhopException or IOException or UnauthorizedAccessException)
        {
            Log.NotReady(logger, kind, e.Message);
            return _problem = new AgentFailure(AgentFailureCause.Outage, e.Message);
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task<AgentFailure?> StartAsync(CancellationToken cancel)
    {
        _starting = true;
        try
        {
            var session = _session = await LaunchAsync(cancel);
            if (await session.GetReadyAsync(readyTimeout, cancel) is not { } problem)
            {
                restarts.Started();
                Log.Ready(logger, kind, session.Pid, session.Version ?? "unknown", session.Model);
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

    private static partial class Log
    {
        [LoggerMessage(330, LogLevel.Information, "{Agent} {Pid} is ready (version {Version}, model {Model})")]
        public static partial void Ready(ILogger logger, string agent, int pid, string? version, string? model);

        [LoggerMessage(331, LogLevel.Warning, "{Agent} is not ready: {Problem}")]
        public static partial void NotReady(ILogger logger, string agent, string problem);

        [LoggerMessage(332, LogLevel.Warning, "{Agent} {Pid} died in a turn")]
        public static partial void Died(ILogger logger, string agent, int pid);

        [LoggerMessage(333, LogLevel.Information, "The turn of {Agent} {Pid} was stopped by {Means}")]
        public static partial void Stopped(ILogger logger, string agent, int pid, string means);
    }
}
