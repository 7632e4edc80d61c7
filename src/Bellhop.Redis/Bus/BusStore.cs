using Bellhop.Redis.Store;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bus;

/// <summary>
/// The store on Redis from before there is one: opened as soon as the server answers. Until then what people and
/// producers ask fails with <see cref="StoreException.IsAway"/>, and what lanes do waits.
/// </summary>
internal sealed partial class BusStore : IEventStore
{
    // The server answers or not within milliseconds; more often would only fill the log.
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Func<Action<string?>, CancellationToken, Task<RedisEventStore>> _open;
    private readonly Action _whenChanged;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<RedisEventStore> _opened = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private readonly Task _opening;
    private volatile string? _problem;
    private volatile string? _refusal;
    private volatile string? _waitsFor;
    private bool _disposed;

    /// <summary>
    /// Begins to open. <paramref name="open"/> gets what the store says its waiting calls are refused with;
    /// <paramref name="whenChanged"/> is told of every change of <see cref="Problem"/>.
    /// </summary>
    public BusStore(
        Func<Action<string?>, CancellationToken, Task<RedisEventStore>> open,
        Action whenChanged,
        TimeProvider time,
        ILogger<BusStore> logger
    )
    {
        (_open, _whenChanged, _time, _logger) = (open, whenChanged, time, logger);
        _opening = Task.Run(OpenAsync, CancellationToken.None);
    }

    /// <summary>
    /// Why there is no store yet, why it refused the last append, or why what lanes do waits; null where none is so.
    /// </summary>
    public string? Problem => (_opened.Task.IsCompletedSuccessfully ? _refusal : _problem) ?? _waitsFor;

    /// <inheritdoc />
    public StoreCounts Counts =>
        _opened.Task.IsCompletedSuccessfully ? _opened.Task.Result.Counts : new StoreCounts(0, 0, []);

    private RedisEventStore Now =>
        _opened.Task.IsCompletedSuccessfully
            ? _opened.Task.Result
            : throw new StoreException(_problem ?? "Redis is away: there is no connection yet.") { IsAway = true };

    /// <summary>The store, once it was opened.</summary>
    public Task<RedisEventStore> WhenOpenAsync(CancellationToken cancel) => _opened.Task.WaitAsync(cancel);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _end.CancelAsync();
        await _opening;
        if (_opened.Task.IsCompletedSuccessfully)
            await _opened.Task.Result.DisposeAsync();
        _end.Dispose();
    }

    private async Task OpenAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                _opened.SetResult(await _open(Waiting, _end.Token));
                _whenChanged();
                return;
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                break;
            }
            catch (BellhopException e)
            {
                if (_problem != e.Message)
                {
                    Log.NotOpen(_logger, e.Message);
                    _problem = e.Message;
                    _whenChanged();
                }
            }
            await Task.WhenAny(Task.Delay(Retry, _time, _end.Token));
        }
        _opened.TrySetException(new StoreException("The store was closed."));
    }

    private static partial class Log
    {
        [LoggerMessage(460, LogLevel.Warning, "The store on Redis cannot be opened: {Problem}")]
        public static partial void NotOpen(ILogger logger, string problem);
    }
}
