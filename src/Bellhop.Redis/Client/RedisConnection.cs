using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Threading.Channels;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>
/// One pipelined connection: commands go out in the order they were given, replies come back in the same. Lives until
/// it breaks; then every call that waits fails, and it is of no more use.
/// </summary>
internal sealed class RedisConnection : IRedisCalls, IAsyncDisposable
{
    private static readonly RedisCommand Ping = RedisCommand.Of("PING");

    private readonly Stream _stream;
    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<RespAggregate>? _onPush;
    private readonly Channel<PendingCall> _outgoing = Queue();
    private readonly Channel<PendingCall> _inFlight = Queue();
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<string> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _ended;
    private string? _reason;
    private long _heardAt;

    /// <summary>Takes over a stream. <paramref name="onPush"/> gets published messages, on the reading thread.</summary>
    public RedisConnection(
        Stream stream,
        RedisClientOptions options,
        TimeProvider time,
        Action<RespAggregate>? onPush = null
    )
    {
        (_stream, _options, _time, _onPush) = (stream, options, time, onPush);
        _heardAt = time.GetTimestamp();
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
            await _outgoing.Writer.WriteAsync(call, cancel);
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
        _outgoing.Writer.TryComplete();
        _end.Cancel();
        _stream.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Break("We closed it.");
        await _ended;
        _end.Dispose();
    }

    private static Channel<PendingCall> Queue() =>
        Channel.CreateBounded<PendingCall>(new BoundedChannelOptions(RedisClientOptions.MaxInFlight));

    private async Task RunAsync()
    {
        await Task.WhenAll(
            Task.Run(() => UntilEndAsync(WriteAsync), CancellationToken.None),
            Task.Run(() => UntilEndAsync(ReadAsync), CancellationToken.None),
            Task.Run(() => UntilEndAsync(WatchAsync), CancellationToken.None)
        );
        // Not before: only now does nobody else take from these.
        FailAll(_outgoing, mayHaveRun: false);
        FailAll(_inFlight, mayHaveRun: true);
    }

    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "Whatever ends a loop ends the connection, and its words are the reason."
    )]
    private async Task UntilEndAsync(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (Exception e)
        {
            Break(e.Message.TrimEnd('.') + ".");
        }
    }

    private void FailAll(Channel<PendingCall> queue, bool mayHaveRun)
    {
        queue.Writer.TryComplete();
        while (queue.Reader.TryRead(out var call))
            call.Fail(Away(mayHaveRun));
    }

    private RedisAwayException Away(bool mayHaveRun, Exception? inner = null) =>
        new($"Redis is away: {_reason}", mayHaveRun, inner);

    private async Task WriteAsync()
    {
        var output = PipeWriter.Create(_stream);
        while (await _outgoing.Reader.WaitToReadAsync(_end.Token))
        {
            while (_outgoing.Reader.TryRead(out var call))
            {
                call.SentAt = _time.GetTimestamp();
                if (!_inFlight.Writer.TryWrite(call))
                {
                    await output.FlushAsync(_end.Token); // what is not sent is not answered
                    await EnqueueAsync(call);
                }
                foreach (var command in call.Commands)
                    RespWriter.WriteCommand(output, command.Words);
            }
            await output.FlushAsync(_end.Token);
        }
    }

    private async Task EnqueueAsync(PendingCall call)
    {
        try
        {
            await _inFlight.Writer.WriteAsync(call, _end.Token);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            call.Fail(Away(mayHaveRun: false, e));
            throw;
        }
    }

    private async Task ReadAsync()
    {
        var input = PipeReader.Create(_stream);
        var replies = new RespReplyReader();
        while (true)
        {
            var read = await input.ReadAsync(_end.Token);
            Volatile.Write(ref _heardAt, _time.GetTimestamp());
            var buffer = read.Buffer;
            while (replies.TryRead(ref buffer, out var reply))
                Take(reply);
            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                throw new IOException("The server closed the connection.");
        }
    }

    private void Take(RespValue reply)
    {
        if (reply is RespAggregate { Kind: RespAggregateKind.Push } push)
        {
            // Its confirmation is what a subscription waits for; everything else was published.
            if (!IsConfirmation(push) || !_inFlight.Reader.TryPeek(out var waiting) || !waiting.AwaitsPush)
            {
                _onPush?.Invoke(push);
                return;
            }
        }
        if (!_inFlight.Reader.TryPeek(out var call))
            throw new RespProtocolException("the server sent a reply that nobody asked for");
        if (!call.Take(reply))
            return;
        _inFlight.Reader.TryRead(out _);
        if (call.WrongServer is { } error)
            Break(RedisErrors.Explain(error.Text));
    }

    private static bool IsConfirmation(RespAggregate push) =>
        push.Items is [RespBulk kind, ..]
        && kind.ToString() is "subscribe" or "psubscribe" or "unsubscribe" or "punsubscribe";

    /// <summary>Finds out a peer that went silent, which a socket alone never does.</summary>
    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(_options.CallTimeout / 4, _time);
        while (await timer.WaitForNextTickAsync(_end.Token))
        {
            if (_inFlight.Reader.TryPeek(out var oldest))
            {
                var since = Math.Max(oldest.SentAt, Volatile.Read(ref _heardAt));
                if (_time.GetElapsedTime(since) > _options.CallTimeout + oldest.Blocks)
                    throw new TimeoutException(
                        $"The server has not answered for {_options.CallTimeout.TotalSeconds:0.#} s."
                    );
            }
            else if (_time.GetElapsedTime(Volatile.Read(ref _heardAt)) > _options.CallTimeout)
            {
                _outgoing.Writer.TryWrite(new PendingCall([Ping]));
            }
        }
    }
}
