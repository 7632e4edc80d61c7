using System.Diagnostics.CodeAnalysis;
using Bellhop.Redis.Resp;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Client;

/// <summary>Whether Redis serves us.</summary>
/// <param name="IsUp">True while there is a connection.</param>
/// <param name="Problem">Why not, with the mend, in plain words; null while it does, and before the first try.</param>
/// <param name="Since">Since when.</param>
internal sealed record RedisHealth(bool IsUp, string? Problem, DateTimeOffset Since);

/// <summary>What a client tells its owner, on the client's own loops: each must be quick and must not throw.</summary>
internal sealed record RedisHooks
{
    /// <summary>A published message.</summary>
    public Action<RespAggregate>? OnPush { get; init; }

    /// <summary>A new connection, before anybody else may use it.</summary>
    public Func<RedisConnection, Task> OnConnected { get; init; } = _ => Task.CompletedTask;

    /// <summary>Every change of <see cref="RedisClient.Health"/>.</summary>
    public Action<RedisHealth> OnHealth { get; init; } = _ => { };
}

/// <summary>
/// One Redis for as long as the program runs: connects, and connects again with growing pauses of seconds at most.
/// While it is away every call fails at once.
/// </summary>
internal sealed partial class RedisClient : IRedisCalls, IAsyncDisposable
{
    private readonly IRedisDialer _dialer;
    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RedisHooks _hooks;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private volatile TaskCompletionSource<RedisConnection> _current = Fresh();
    private volatile RedisHealth _health;

    /// <summary>Begins to connect.</summary>
    public RedisClient(
        IRedisDialer dialer,
        RedisClientOptions options,
        TimeProvider time,
        ILogger logger,
        RedisHooks? hooks = null
    )
    {
        (_dialer, _options, _time, _logger, _hooks) = (dialer, options, time, logger, hooks ?? new RedisHooks());
        _health = new RedisHealth(false, null, time.GetUtcNow());
        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Whether Redis serves us now.</summary>
    public RedisHealth Health => _health;

    /// <summary>Ends when there is a connection.</summary>
    public async Task WhenUpAsync(CancellationToken cancel)
    {
        while ((await _current.Task.WaitAsync(cancel)).WhenBroken.IsCompleted)
        {
            // It broke just now, and the loop that connects is about to put another in its place.
            cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <inheritdoc />
    public Task<RespValue> CallAsync(RedisCommand command, CancellationToken cancel) =>
        Connection().CallAsync(command, cancel);

    /// <inheritdoc />
    public Task<IReadOnlyList<RespValue>> CallAllAsync(
        IReadOnlyList<RedisCommand> commands,
        CancellationToken cancel
    ) => Connection().CallAllAsync(commands, cancel);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _current.TrySetCanceled(CancellationToken.None);
        _current = Fresh();
        _current.SetCanceled(CancellationToken.None);
        _end.Dispose();
    }

    private static TaskCompletionSource<RedisConnection> Fresh() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RedisConnection Connection() =>
        _current.Task is { IsCompletedSuccessfully: true } task
            ? task.Result
            : throw new RedisAwayException(
                _health.Problem ?? "Redis is away: there is no connection yet.",
                mayHaveRun: false
            );

    private async Task RunAsync()
    {
        var pause = _options.FirstPause;
        while (!_end.IsCancellationRequested)
        {
            if (await ServeAsync())
                pause = _options.FirstPause;
            await WaitAsync(pause);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _options.MaxPause.Ticks));
        }
    }

    /// <summary>One connection from its first word to its last. False where there was none.</summary>
    private async Task<bool> ServeAsync()
    {
        RedisConnection? connection = null;
        try
        {
            connection = await _dialer.DialAsync(_hooks.OnPush, _end.Token);
            await _hooks.OnConnected(connection);
            Become(new RedisHealth(true, null, _time.GetUtcNow()));
            _current.SetResult(connection);
            var reason = await connection.WhenBroken.WaitAsync(_end.Token);
            _current = Fresh();
            Become(new RedisHealth(false, $"Redis is away: {reason}", _time.GetUtcNow()));
            return true;
        }
        catch (RedisException e)
        {
            Become(new RedisHealth(false, e.Message, _time.GetUtcNow()));
            return false;
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            Become(new RedisHealth(false, "Redis is away: the client was closed.", _time.GetUtcNow()));
            return false;
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }
    }

    private void Become(RedisHealth health)
    {
        var before = _health;
        if (before.IsUp == health.IsUp && before.Problem == health.Problem)
            return;
        _health = health;
        if (health.IsUp)
            Log.Up(_logger, _options.IsQuiet ? LogLevel.Debug : LogLevel.Information, _options.Name);
        else
            Log.Away(_logger, _options.IsQuiet ? LogLevel.Debug : LogLevel.Warning, _options.Name, health.Problem!);
        _hooks.OnHealth(health);
    }

    [SuppressMessage(
        "Security",
        "CA5394",
        Justification = "Two gateways must not knock at the same moment; nothing is kept secret."
    )]
    private async Task WaitAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble() / 2), _time, _end.Token);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            return; // the loop looks itself
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 450, Message = "Redis ({Name}) is there")]
        public static partial void Up(ILogger logger, LogLevel level, string name);

        [LoggerMessage(EventId = 451, Message = "Redis ({Name}): {Problem}")]
        public static partial void Away(ILogger logger, LogLevel level, string name, string problem);
    }
}
