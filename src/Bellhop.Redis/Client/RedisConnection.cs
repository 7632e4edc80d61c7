using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>
/// One pipelined connection: commands go out in the order they were given, replies come back in the same. Lives until
/// it breaks; then every call that waits fails, and it is of no more use. Its replies are read by a thread of its own,
/// which the system wakes directly; see <see cref="RedisCommand.IsUrgent"/>.
/// </summary>
internal sealed class RedisConnection : IRedisCalls, IAsyncDisposable
{
    private static readonly RedisCommand Ping = RedisCommand.Of("PING");

    private readonly Stream _stream;
    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<RespAggregate>? _onPush;
    private readonly CallQueue _calls;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<string> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _ended;
    private string? _reason;
    private long _heardAt;

    /// <summary>
    /// Takes over a stream, which must let one thread wait in a read while another writes, and end both when it is
    /// closed. <paramref name="onPush"/> gets published messages, on the reading thread.
    /// </summary>
    public RedisConnection(
        Stream stream,
        RedisClientOptions options,
        TimeProvider time,
        Action<RespAggregate>? onPush = null
    )
    {
        (_stream, _options, _time, _onPush) = (stream, options, time, onPush);
        _heardAt = time.GetTimestamp();
        _calls = new CallQueue(stream, time, Break);
        _ended = RunAsync();
    }

    /// <summary>Ends, with the reason in plain words, when the connection broke or was broken.</summary>
    public Task<string> WhenBroken => _broken.Task;

    /// <inheritdoc />
    public async Task<RespValue> CallAsync(RedisCommand command, CancellationToken cancel)
    {
        var reply = (await CallAllAsync([command], cancel))[0];
        return reply is RespError error ? throw new RedisErrorException(error.Text) : reply;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RespValue>> CallAllAsync(
        IReadOnlyList<RedisCommand> commands,
        CancellationToken cancel
    )
    {
        var call = new PendingCall(commands);
        try
        {
            await _calls.AddAsync(call, cancel);
        }
        catch (ChannelClosedException e)
        {
            throw Away(mayHaveRun: false, e);
        }
        return await call.Replies.WaitAsync(cancel);
    }

    /// <summary>Gives the connection up. Only the first reason counts.</summary>
    public void Break(string reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null)
            return;
        _broken.SetResult(reason);
        _calls.Close();
        _end.Cancel();
        _stream.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Break("We closed it.");
        await _ended;
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        new Thread(Read) { IsBackground = true, Name = _options.Name }.Start();
        await Task.WhenAll(_read.Task, Task.Run(WatchUntilEndAsync, CancellationToken.None));
        // Not before: only now does nobody else take from these.
        _calls.FailAll(mayHaveRun => Away(mayHaveRun));
    }

    private RedisAwayException Away(bool mayHaveRun, Exception? inner = null) =>
        new($"Redis is away: {_reason}", mayHaveRun, inner);

    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "Whatever ends the reading ends the connection, and its words are the reason."
    )]
    private void Read()
    {
        try
        {
            ReadReplies();
        }
        catch (Exception e)
        {
            Break(RedisErrors.Sentence(e));
        }
        _read.SetResult();
    }

    private void ReadReplies()
    {
        var replies = new RespReplyReader();
        var bytes = new ReplyBuffer();
        while (bytes.Fill(_stream))
        {
            Volatile.Write(ref _heardAt, _time.GetTimestamp());
            var unread = bytes.Unread;
            while (replies.TryRead(ref unread, out var reply))
                Take(reply);
            bytes.Keep(unread);
            _calls.Send();
        }
        throw new IOException("The server closed the connection.");
    }

    private void Take(RespValue reply)
    {
        if (reply is RespAggregate { Kind: RespAggregateKind.Push } push)
        {
            // Its confirmation is what a subscription waits for; everything else was published.
            if (!IsConfirmation(push) || !_calls.TryPeek(out var waiting) || !waiting.AwaitsPush)
            {
                _onPush?.Invoke(push);
                return;
            }
        }
        if (!_calls.TryPeek(out var call))
            throw new RespProtocolException("the server sent a reply that nobody asked for");
        if (!call.Take(reply))
            return;
        _calls.Remove();
        if (call.WrongServer is { } error)
            Break(RedisErrors.Explain(error.Text));
        call.Answer();
    }

    private static bool IsConfirmation(RespAggregate push) =>
        push.Items is [RespBulk kind, ..]
        && kind.ToString() is "subscribe" or "psubscribe" or "unsubscribe" or "punsubscribe";

    private async Task WatchUntilEndAsync()
    {
        try
        {
            await WatchAsync();
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Break(RedisErrors.Sentence(e));
        }
    }

    /// <summary>Finds out a peer that went silent, which a socket alone never does.</summary>
    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(_options.CallTimeout / 4, _time);
        while (await timer.WaitForNextTickAsync(_end.Token))
        {
            if (_calls.TryPeek(out var oldest))
            {
                var since = Math.Max(oldest.SentAt, Volatile.Read(ref _heardAt));
                if (_time.GetElapsedTime(since) > _options.CallTimeout + oldest.Blocks)
                    throw new TimeoutException(
                        $"The server has not answered for {_options.CallTimeout.TotalSeconds:0.#} s."
                    );
            }
            else if (_time.GetElapsedTime(Volatile.Read(ref _heardAt)) > _options.CallTimeout)
            {
                _calls.TryAdd(new PendingCall([Ping]));
            }
        }
    }
}
