using Bellhop.Diagnostics;
using Bellhop.Redis.Bus;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bridge;

/// <summary>
/// Hands over the rows of one list, oldest first, for as long as it runs. Waits on a connection of its own in a blocking
/// command, so that a bare LPUSH without a PUBLISH wakes it too, and an idle list costs nothing.
/// </summary>
internal sealed partial class ListTap(RedisBus bus, string list, Alarms alarms, TimeProvider time, ILogger logger)
{
    /// <summary>Rows fetched at once: with the largest rows as much as one reply may be.</summary>
    private const int Page = 64;

    /// <summary>Blocking commands end now and then, so that a peer that vanished is found out.</summary>
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(500);

    private string AlarmName => $"redis:{list}";

    /// <summary>Gives every row to <paramref name="take"/>, which removes it from the list. Runs until cancelled.</summary>
    public async Task RunAsync(Func<ReadOnlyMemory<byte>, CancellationToken, Task> take, CancellationToken cancel)
    {
        var patience = RedisBus.Patience with { Name = "bellhop-waits", IsQuiet = true };
        var dialer = new RedisDialer(bus.Options.Endpoint, patience, time);
        await using var waits = new RedisClient(dialer, patience, time, logger);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                await waits.WhenUpAsync(cancel);
                await TakeAllAsync(take, cancel);
                alarms.Clear(AlarmName);
                if (await waits.CallAsync(UntilSomethingIsThere(), cancel) is RespBulk oldest)
                    await take(oldest.Bytes, cancel);
            }
            catch (BellhopException e) when (e is RedisException || e.IsPassing)
            {
                // A connection that is lost is said elsewhere, and who lost central is told by its end.
                if (e is not RedisAwayException and not StoreException { IsFenced: true })
                    alarms.Raise(AlarmName, $"What is on the Redis list {list} waits: {e.Message}");
                await Task.Delay(TryAgain, time, cancel);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A fault of ours in what one row says must not end a gateway, at every start again.
                Log.CannotTake(logger, e, list);
                alarms.Raise(
                    AlarmName,
                    $"What is on the Redis list {list} waits: its oldest row cannot be taken ({e.Message})"
                );
                await Task.Delay(TryAgain, time, cancel);
            }
        }
    }

    private async Task TakeAllAsync(Func<ReadOnlyMemory<byte>, CancellationToken, Task> take, CancellationToken cancel)
    {
        while (true)
        {
            var reply = await bus.Client.CallAsync(RedisCommand.Of("LRANGE", list, -Page, -1), cancel);
            var rows = ((RespAggregate)reply).Items;
            if (rows.Count == 0)
                return;
            foreach (var row in rows.Reverse())
                await take(((RespBulk)row).Bytes, cancel);
        }
    }

    /// <summary>
    /// Moves the oldest row to where it stands: nothing changes, but the server answers only once there is one, and with
    /// this row. Nobody else waits on this connection.
    /// </summary>
    private RedisCommand UntilSomethingIsThere() =>
        RedisCommand.Of("BLMOVE", list, list, "RIGHT", "RIGHT", (long)Block.TotalSeconds) with
        {
            Blocks = Block,
            IsUrgent = true,
        };

    private static partial class Log
    {
        [LoggerMessage(482, LogLevel.Error, "The oldest row of {List} cannot be taken")]
        public static partial void CannotTake(ILogger logger, Exception fault, string list);
    }
}
