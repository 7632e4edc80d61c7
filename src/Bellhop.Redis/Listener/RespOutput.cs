using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Listener;

/// <summary>
/// What goes out on one connection: replies from the connection's own loop and messages pushed by others, each whole.
/// The loop sends its replies itself; for pushes <see cref="PumpAsync"/> does.
/// </summary>
internal sealed class RespOutput(PipeWriter pipe) : IDisposable
{
    private const int KeptBuffer = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Channel<bool> _pushed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte> _spare = new();

    /// <summary>Bytes written and not yet handed to the transport.</summary>
    public int Unsent
    {
        get
        {
            lock (_lock)
                return _filling.WrittenCount;
        }
    }

    public void Write(RespValue value, RespVersion version)
    {
        lock (_lock)
            RespWriter.Write(_filling, value, version);
    }

    /// <summary>False when the client does not take its messages: then nothing was written.</summary>
    public bool TryPush(RespValue value, RespVersion version)
    {
        lock (_lock)
        {
            if (_filling.WrittenCount > ListenerLimits.MaxUnsentPushBytes)
                return false;
            RespWriter.Write(_filling, value, version);
        }
        _pushed.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Hands all that was written to the transport; waits while the client does not take it.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            if (Swap() is { } full)
            {
                await pipe.WriteAsync(full.WrittenMemory, cancel);
                _spare = full.Capacity > KeptBuffer ? new ArrayBufferWriter<byte>() : full;
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Sends pushed messages until cancelled.</summary>
    public async Task PumpAsync(CancellationToken cancel)
    {
        await foreach (var _ in _pushed.Reader.ReadAllAsync(cancel))
            await FlushAsync(cancel);
    }

    public void Dispose() => _sending.Dispose();

    private ArrayBufferWriter<byte>? Swap()
    {
        lock (_lock)
        {
            if (_filling.WrittenCount == 0)
                return null;
            var full = _filling;
            _spare.ResetWrittenCount();
            _filling = _spare;
            return full;
        }
    }
}
