using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Bellhop.Store;

/// <summary>Tells every reader of every move, after it is durable. A reader that falls behind loses its feed, never slows it.</summary>
internal sealed class ChangeFeed
{
    /// <summary>Some seconds of a full-speed store, and 10 MB at worst for a reader that hangs.</summary>
    public const int MaxBehind = 10_000;

    private readonly Lock _lock = new();
    private volatile Channel<DeliveryChange>[] _readers = [];
    private bool _closed;

    /// <summary>Everything from this call on.</summary>
    public IAsyncEnumerable<DeliveryChange> WatchAsync(CancellationToken cancel)
    {
        var reader = Channel.CreateBounded<DeliveryChange>(
            new BoundedChannelOptions(MaxBehind) { SingleWriter = true }
        );
        lock (_lock)
        {
            if (_closed)
                reader.Writer.Complete();
            else
                _readers = [.. _readers, reader];
        }
        return ReadAsync(reader, cancel);
    }

    public void Publish(IEnumerable<DeliveryChange> moves)
    {
        foreach (var reader in _readers)
        {
            if (moves.All(reader.Writer.TryWrite))
                continue;
            End(reader, $"The reader fell more than {MaxBehind:N0} moves behind. Read on from a listing.");
        }
    }

    /// <summary>Moves were made that nobody can tell any more: every reader ends with the reason.</summary>
    public void Break(string reason)
    {
        foreach (var reader in _readers)
            End(reader, reason);
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var reader in _readers)
                reader.Writer.TryComplete();
            _readers = [];
        }
    }

    private async IAsyncEnumerable<DeliveryChange> ReadAsync(
        Channel<DeliveryChange> reader,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        try
        {
            await foreach (var change in reader.Reader.ReadAllAsync(cancel))
                yield return change;
        }
        finally
        {
            Remove(reader);
        }
    }

    private void End(Channel<DeliveryChange> reader, string reason)
    {
        reader.Writer.TryComplete(new StoreException(reason));
        Remove(reader);
    }

    private void Remove(Channel<DeliveryChange> reader)
    {
        lock (_lock)
            _readers = [.. _readers.Where(r => r != reader)];
    }
}
