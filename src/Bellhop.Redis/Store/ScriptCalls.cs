using System.Globalization;
using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Store;

/// <summary>
/// Runs the store's scripts. A call whose connection broke before the answer is sent again with the same operation id,
/// by which its script knows it; nothing is done twice.
/// </summary>
internal sealed class ScriptCalls : IAsyncDisposable
{
    /// <summary>How long a call that may have been carried out waits to ask again before it says that Redis is away.</summary>
    private static readonly TimeSpan AskAgainWithin = TimeSpan.FromSeconds(2);

    /// <summary>How soon a server is asked again that refuses for now: somebody's slow script takes rarely longer.</summary>
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMilliseconds(250);

    private readonly RedisClient _redis;
    private readonly StoreFeed _feed;
    private readonly RedisStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly UlidFactory _ulids;
    private readonly OpenCalls _open = new();
    private readonly Refusals _refusals;
    private readonly CancellationTokenSource _closing = new();
    private readonly RedisArgument[] _keys;

    public ScriptCalls(
        RedisClient redis,
        StoreFeed feed,
        RedisStoreOptions options,
        TimeProvider time,
        UlidFactory ulids
    )
    {
        (_redis, _feed, _options, _time, _ulids) = (redis, feed, options, time, ulids);
        _keys = [$"{options.Prefix}:bellhop"];
        _refusals = new Refusals(options.Refused);
    }

    /// <summary>Fires when the store begins to close.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Runs a script that only reads.</summary>
    public Task<RespValue> ReadAsync(StoreScript script, CancellationToken cancel, params RedisArgument[] arguments) =>
        CallAsync(script, "", arguments, cancel);

    /// <summary>Runs a script that changes something, and knows its own answer when it is sent again.</summary>
    public async Task<RespValue> ChangeAsync(
        StoreScript script,
        CancellationToken cancel,
        params RedisArgument[] arguments
    ) => (await AnsweredAsync(CallAsync(script, _ulids.Next().ToString(), arguments, cancel)))[0];

    /// <summary>
    /// Runs a script that changes something and finds by its arguments that it did so before. Its answer, and what else it
    /// answers; <paramref name="first"/> has that before those who follow moves are told.
    /// </summary>
    public Task<IReadOnlyList<RespValue>> RepeatableAsync(
        StoreScript script,
        IReadOnlyList<RedisArgument> arguments,
        CancellationToken cancel,
        Action<IReadOnlyList<RespValue>>? first = null
    ) => AnsweredAsync(CallAsync(script, "", arguments, cancel), first);

    public async ValueTask DisposeAsync()
    {
        var drained = _open.CloseAsync();
        await _closing.CancelAsync();
        await drained;
    }

    private async Task<IReadOnlyList<RespValue>> AnsweredAsync(
        Task<RespValue> call,
        Action<IReadOnlyList<RespValue>>? first = null
    )
    {
        var reply = (RespAggregate)await call;
        RespValue[] answer = [.. reply.Items.Skip(2)];
        _feed.Accept(reply.Items[0].ToString()!, ((RespBulk)reply.Items[1]).Bytes, () => first?.Invoke(answer));
        return answer;
    }

    private async Task<RespValue> CallAsync(
        StoreScript script,
        string operation,
        IReadOnlyList<RedisArgument> arguments,
        CancellationToken cancel
    )
    {
        cancel.ThrowIfCancellationRequested();
        _open.Enter();
        try
        {
            return await UntilAnsweredAsync(script, operation, arguments, cancel);
        }
        catch (RedisErrorException e)
        {
            if (StoreErrors.PlaceOf(e) is { } place)
                _feed.Accept(place, ReadOnlyMemory<byte>.Empty);
            throw StoreErrors.Explain(e);
        }
        catch (RedisAwayException e)
        {
            throw StoreErrors.IsAway(e.Message, e);
        }
        finally
        {
            _open.Exit();
        }
    }

    private async Task<RespValue> UntilAnsweredAsync(
        StoreScript script,
        string operation,
        IReadOnlyList<RedisArgument> arguments,
        CancellationToken cancel
    )
    {
        using var call = _refusals.Begin();
        for (var resent = false; ; )
        {
            try
            {
                // Once it is sent it runs to its end and says how it went.
                RedisArgument[] words = [.. Head(script, operation, resent), .. arguments];
                var reply = await _redis.RunAsync(script.Script, _keys, words, CancellationToken.None, script.IsUrgent);
                if (resent)
                    await ReadStateAsync();
                return reply;
            }
            catch (RedisAwayException e) when (script.WhenAway == WhenAway.Wait || (e.MayHaveRun && !resent))
            {
                resent |= e.MayHaveRun;
                await WhenBackAsync(script.WhenAway, e, cancel);
            }
            catch (RedisErrorException e) when (script.WhenAway == WhenAway.Wait && RedisErrors.IsWrongServer(e.Code))
            {
                await WhenBackAsync(script.WhenAway, e, cancel);
            }
            catch (RedisErrorException e) when (script.WhenAway == WhenAway.Wait && StoreErrors.IsPassing(e))
            {
                call.Waits(e.Message);
                await WaitAsync(stop => Task.Delay(RefusedPause, _time, stop), cancel);
            }
        }
    }

    /// <summary>What the lost answer told is known before the caller goes on, or its own change would be missing from the counts.</summary>
    private async Task ReadStateAsync() =>
        _feed.Accept(
            (RespAggregate)
                await _redis.RunAsync(
                    StoreScript.Counts.Script,
                    _keys,
                    Head(StoreScript.Counts, "", resent: false),
                    CancellationToken.None
                )
        );

    private async Task WhenBackAsync(WhenAway whenAway, RedisException why, CancellationToken cancel)
    {
        try
        {
            var patience = whenAway == WhenAway.Wait ? Timeout.InfiniteTimeSpan : AskAgainWithin;
            await WaitAsync(
                stop => _redis.WhenUpAsync(stop).WaitAsync(patience, _time, CancellationToken.None),
                cancel
            );
        }
        catch (TimeoutException)
        {
            throw StoreErrors.IsAway(why.Message, why);
        }
    }

    /// <summary>Waits, but for no longer than the caller wants to and the store is open.</summary>
    private async Task WaitAsync(Func<CancellationToken, Task> wait, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _closing.Token);
        try
        {
            await wait(stop.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw StoreErrors.Closed();
        }
    }

    private RedisArgument[] Head(StoreScript script, string operation, bool resent) =>
        [
            _time.GetUtcNow().ToUnixTimeMilliseconds(),
            RedisEventStore.SchemaVersion,
            // The place's id, should there be none: new every time, so that one made after a loss is another one.
            _ulids.Next().ToString(),
            (script.IsAnyones ? _options.Term() : _options.Fence()) is { } fence
                ? fence.ToString(CultureInfo.InvariantCulture)
                : "",
            $" {string.Join(' ', _options.Served())} ",
            operation,
            resent ? "1" : "",
        ];
}
