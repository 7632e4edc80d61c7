using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>
/// The calls of one connection, from their being given to their replies. They are sent in that order, on the thread of
/// whoever comes while nobody else sends: none has to wake for it.
/// </summary>
/// <param name="stream">Where they go.</param>
/// <param name="time">The clock.</param>
/// <param name="onBroken">Told, in plain words, that nothing can be sent any more.</param>
internal sealed class CallQueue(Stream stream, TimeProvider time, Action<string> onBroken)
{
    /// <summary>What is sent in one piece where many calls come at once; a larger buffer is not kept.</summary>
    private const int PieceBytes = 64 * 1024;

    private readonly Channel<PendingCall> _outgoing = Queue();
    private readonly Channel<PendingCall> _inFlight = Queue();
    private readonly Lock _sending = new();
    private ArrayBufferWriter<byte> _bytes = new();
    private bool _isOver;

    /// <summary>Sends a call, at once or when there is room.</summary>
    /// <exception cref="ChannelClosedException">The connection is of no more use.</exception>
    public async ValueTask AddAsync(PendingCall call, CancellationToken cancel)
    {
        await _outgoing.Writer.WriteAsync(call, cancel);
        Send();
    }

    /// <summary>The same where it may be left out.</summary>
    public void TryAdd(PendingCall call)
    {
        if (_outgoing.Writer.TryWrite(call))
            Send();
    }

    /// <summary>The call whose reply comes next.</summary>
    public bool TryPeek([NotNullWhen(true)] out PendingCall? call) => _inFlight.Reader.TryPeek(out call);

    /// <summary>The call whose reply came next has all of it.</summary>
    public void Remove() => _inFlight.Reader.TryRead(out _);

    /// <summary>Sends what waits for room.</summary>
    public void Send()
    {
        // Looked at again after the sending ends: whoever came meanwhile left without having sent.
        while (_inFlight.Reader.Count < RedisClientOptions.MaxInFlight && _outgoing.Reader.TryPeek(out _))
        {
            if (!_sending.TryEnter())
                return;
            try
            {
                if (_isOver)
                    return;
                SendAll();
            }
            finally
            {
                _sending.Exit();
            }
        }
    }

    /// <summary>Takes no more.</summary>
    public void Close() => _outgoing.Writer.TryComplete();

    /// <summary>Fails everything that waits. The stream is closed, and nobody reads replies any more.</summary>
    public void FailAll(Func<bool, RedisAwayException> away)
    {
        lock (_sending)
            _isOver = true;
        while (_outgoing.Reader.TryRead(out var call))
            call.Fail(away(false));
        while (_inFlight.Reader.TryRead(out var call))
            call.Fail(away(true));
    }

    private static Channel<PendingCall> Queue() =>
        Channel.CreateBounded<PendingCall>(new BoundedChannelOptions(RedisClientOptions.MaxInFlight));

    [SuppressMessage(
        "Design",
        "CA1031",
        Justification = "Whatever ends the sending ends the connection, and its words are the reason."
    )]
    private void SendAll()
    {
        try
        {
            while (TryMoveOn(out var call))
            {
                foreach (var command in call.Commands)
                    RespWriter.WriteCommand(_bytes, command.Words);
                if (_bytes.WrittenCount >= PieceBytes)
                    Flush();
            }
            Flush();
        }
        catch (Exception e)
        {
            onBroken(RedisErrors.Sentence(e));
        }
    }

    /// <summary>In flight before its first byte goes out: its reply must find it there.</summary>
    private bool TryMoveOn([NotNullWhen(true)] out PendingCall? call)
    {
        call = null;
        if (_inFlight.Reader.Count >= RedisClientOptions.MaxInFlight || !_outgoing.Reader.TryRead(out call))
            return false;
        call.SentAt = time.GetTimestamp();
        return _inFlight.Writer.TryWrite(call);
    }

    private void Flush()
    {
        if (_bytes.WrittenCount == 0)
            return;
        stream.Write(_bytes.WrittenSpan);
        if (_bytes.Capacity > 2 * PieceBytes)
            _bytes = new ArrayBufferWriter<byte>();
        else
            _bytes.ResetWrittenCount();
    }
}
