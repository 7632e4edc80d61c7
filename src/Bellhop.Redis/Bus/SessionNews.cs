using Bellhop.Redis.Client;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bus;

/// <summary>
/// Hears on <c>{prefix}:sessions</c> that somebody took a session, left it, or was asked to. What exactly stands in the
/// leases; news only say that it is time to look. Who says nothing is found at the next regular look.
/// </summary>
internal sealed class SessionNews : IAsyncDisposable
{
    private readonly RedisSubscriber _hears;
    private volatile TaskCompletionSource _next = Fresh();

    /// <summary>Begins to listen.</summary>
    public SessionNews(IRedisDialer dialer, BusKeys keys, TimeProvider time, ILogger logger) =>
        _hears = new RedisSubscriber(
            dialer,
            RedisBus.Patience with
            {
                Name = "bellhop-sessions",
                IsQuiet = true,
            },
            [keys.News],
            (_, _) => Ring(),
            Ring,
            time,
            logger
        );

    /// <summary>Ends at the first news after this was read.</summary>
    public Task Next => _next.Task;

    /// <summary>Waits for what was <see cref="Next"/> when the caller began to look, or for as long.</summary>
    public static async Task WaitAsync(Task next, TimeSpan atMost, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            await next.WaitAsync(atMost, time, cancel);
        }
        catch (TimeoutException)
        {
            return; // no news; time to look all the same
        }
    }

    public ValueTask DisposeAsync() => _hears.DisposeAsync();

    private void Ring() => Interlocked.Exchange(ref _next, Fresh()).TrySetResult();

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
