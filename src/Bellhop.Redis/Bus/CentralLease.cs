using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;
using Bellhop.Routing;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bus;

/// <summary>
/// Holds the lease of central, or waits for it. Time is measured by our own monotonic clock from before each renewal was
/// sent, so what we believe is never longer than what Redis grants. Two thirds into an unconfirmed lease the term is
/// given up; the last third is for killing the agent.
/// </summary>
internal sealed partial class CentralLease : ICentral, IAsyncDisposable
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(1);

    private readonly IRedisCalls _redis;
    private readonly BusKeys _keys;
    private readonly HolderRecord _self;
    private readonly TimeSpan _lease;
    private readonly LeaseRivals _rivals;
    private readonly Func<Task> _nextNews;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private volatile TaskCompletionSource<CentralTerm> _term = Fresh();
    private volatile CentralStatus _status;
    private long _fence;

    /// <summary>Begins to try. <paramref name="nextNews"/>: ends when it is worth a look before its time.</summary>
    public CentralLease(
        IRedisCalls redis,
        BusKeys keys,
        HolderRecord self,
        TimeSpan lease,
        LeaseRivals rivals,
        Func<Task> nextNews,
        TimeProvider time,
        ILogger<CentralLease> logger
    )
    {
        (_redis, _keys, _self, _lease, _rivals) = (redis, keys, self, lease, rivals);
        (_nextNews, _time, _logger) = (nextNews, time, logger);
        _status = new CentralStatus(CentralRole.Unknown, null, time.GetUtcNow());
        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Ends when nobody tries any more: after the disposal; before it with what broke the loop.</summary>
    public Task Ended => _running;

    /// <summary>Whether this gateway is central now.</summary>
    public CentralStatus Status => _status;

    /// <summary>The number of the last term we had, also after it ended; null before the first.</summary>
    public long? Fence => Interlocked.Read(ref _fence) is > 0 and var fence ? fence : null;

    /// <inheritdoc />
    public bool IsHeld => _status.Role == CentralRole.Central;

    private TimeSpan Patience => _lease * 2 / 3;

    private TimeSpan Retry => _lease / 20 < LongestRetry ? _lease / 20 : LongestRetry;

    /// <inheritdoc />
    public Task<CentralTerm> TermAsync(CancellationToken cancel) => _term.Task.WaitAsync(cancel);

    /// <inheritdoc />
    public Task MayDecideAsync(CancellationToken cancel) => TermAsync(cancel);

    /// <summary>Lets go of the lease, so that the next one need not wait for its end. Only after the lanes have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        // What broke it was said by whoever awaits Ended; the lease is let go of all the same.
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Fence is not null)
            await ReleaseAsync();
        _end.Dispose();
    }

    private static TaskCompletionSource<CentralTerm> Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var news = _nextNews();
                await SessionNews.WaitAsync(news, await TryOnceAsync(), _time, _end.Token);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            return; // the program ends
        }
        finally
        {
            Become(CentralRole.Unknown, null);
        }
    }

    /// <summary>Tries to become central, and is for as long as it can be. Returns how long to wait before the next try.</summary>
    private async Task<TimeSpan> TryOnceAsync()
    {
        var began = _time.GetTimestamp();
        try
        {
            if (await _rivals.FindAsync(_end.Token) is { } rival)
                return StandBy(rival, Retry);
            var reply = await _redis.RunAsync(
                LeaseScripts.Acquire,
                [_keys.Lease(default), _keys.Fence, _keys.LastCentral, _keys.Sessions],
                [
                    _self.Nonce,
                    (long)_lease.TotalMilliseconds,
                    _self.Write(),
                    _self.Identity!,
                    Interlocked.Read(ref _fence),
                ],
                _end.Token
            );
            var items = ((RespAggregate)reply).Items;
            if (items is [RespInteger(0), RespBulk holder, RespInteger(var left)])
                return StandBy(HolderRecord.Read(holder.Bytes.Span)?.Words ?? "somebody", WaitFor(left));
            await HoldAsync(((RespInteger)items[0]).Value, items[1].ToString()!, began);
        }
        catch (RedisException e)
        {
            Become(CentralRole.Unknown, null);
            Log.CannotAsk(_logger, e.Message);
        }
        return Retry;
    }

    /// <summary>To the end of the holder's lease, but looking again when it should have been renewed.</summary>
    private TimeSpan WaitFor(long leftMs)
    {
        var left = TimeSpan.FromMilliseconds(Math.Max(leftMs, 0)) + TimeSpan.FromMilliseconds(2);
        return left < _lease / 3 ? left : _lease / 3;
    }

    private TimeSpan StandBy(string holder, TimeSpan wait)
    {
        Become(CentralRole.Standby, holder);
        return wait;
    }

    private async Task HoldAsync(long fence, string before, long began)
    {
        Interlocked.Exchange(ref _fence, fence);
        // Not disposed: whoever works under the term may look at it for a while longer.
        var lost = new CancellationTokenSource();
        var other = before.Length > 0 && before != _self.Identity ? before : null;
        Become(CentralRole.Central, null);
        Log.Central(_logger, fence);
        _term.SetResult(new CentralTerm(other, lost.Token));
        try
        {
            var reason = await KeepAsync(began);
            Log.Lost(_logger, fence, reason);
        }
        finally
        {
            _term = Fresh();
            Become(CentralRole.Unknown, null);
            await lost.CancelAsync();
        }
    }

    /// <summary>Renews until it cannot be done any more, and says why.</summary>
    private async Task<string> KeepAsync(long renewed)
    {
        var problem = "Redis did not answer";
        var (news, pause) = (_nextNews(), _lease / 3);
        while (true)
        {
            await SessionNews.WaitAsync(news, pause, _time, _end.Token);
            news = _nextNews();
            var left = Patience - _time.GetElapsedTime(renewed);
            if (left <= TimeSpan.Zero)
                return problem;
            var began = _time.GetTimestamp();
            try
            {
                if (await _rivals.FindAsync(_end.Token) is { } rival)
                    return $"{rival} takes over";
                if (!await RenewAsync(left))
                    return "somebody else holds it, or it is gone from Redis";
                (renewed, pause) = (began, _lease / 3);
            }
            catch (Exception e) when (IsNoAnswer(e))
            {
                (problem, pause) = (e.Message, Retry < left ? Retry : left);
            }
        }
    }

    private bool IsNoAnswer(Exception e) =>
        e is RedisException || (e is OperationCanceledException && !_end.IsCancellationRequested);

    private async Task<bool> RenewAsync(TimeSpan left)
    {
        using var limit = new CancellationTokenSource(left, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _end.Token);
        var reply = await _redis.RunAsync(
            LeaseScripts.Renew,
            [_keys.Lease(default)],
            [_self.Nonce, (long)_lease.TotalMilliseconds],
            either.Token
        );
        return reply is RespInteger(1);
    }

    private async Task ReleaseAsync()
    {
        using var limit = new CancellationTokenSource(Retry, _time);
        try
        {
            await _redis.RunAsync(LeaseScripts.Release, [_keys.Lease(default)], [_self.Nonce, _keys.News], limit.Token);
        }
        catch (Exception e) when (e is RedisException or OperationCanceledException)
        {
            Log.NotReleased(_logger, e.Message); // then it ends by itself
        }
    }

    private void Become(CentralRole role, string? holder)
    {
        if (_status.Role == role && _status.Holder == holder)
            return;
        _status = new CentralStatus(role, holder, _time.GetUtcNow());
        if (role == CentralRole.Standby)
            Log.Standby(_logger, holder!);
    }

    private static partial class Log
    {
        [LoggerMessage(470, LogLevel.Information, "This gateway is central (term {Fence})")]
        public static partial void Central(ILogger logger, long fence);

        [LoggerMessage(471, LogLevel.Warning, "This gateway is no longer central (term {Fence}): {Reason}")]
        public static partial void Lost(ILogger logger, long fence, string reason);

        [LoggerMessage(472, LogLevel.Information, "Standing by: {Holder} is central")]
        public static partial void Standby(ILogger logger, string holder);

        [LoggerMessage(473, LogLevel.Debug, "The lease of central cannot be asked for: {Reason}")]
        public static partial void CannotAsk(ILogger logger, string reason);

        [LoggerMessage(474, LogLevel.Debug, "The lease of central was not let go of: {Reason}")]
        public static partial void NotReleased(ILogger logger, string reason);
    }
}
