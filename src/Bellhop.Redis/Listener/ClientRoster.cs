using System.Collections.Concurrent;

namespace Bellhop.Redis.Listener;

/// <summary>Everyone who is connected.</summary>
internal sealed class ClientRoster(RespStatistics statistics)
{
    private readonly ConcurrentDictionary<long, RespClient> _clients = [];
    private long _lastId;
    private int _places;

    public IReadOnlyList<RespClient> All => [.. _clients.Values.OrderBy(c => c.Id)];

    public int Count => _clients.Count;

    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>False when there are too many.</summary>
    public bool TryTakePlace()
    {
        if (Interlocked.Increment(ref _places) <= ListenerLimits.MaxConnections)
        {
            statistics.CountAccepted();
            return true;
        }
        Interlocked.Decrement(ref _places);
        statistics.CountRejected();
        return false;
    }

    public void Add(RespClient client) => _clients[client.Id] = client;

    public void LeavePlace(RespClient? client)
    {
        if (client is not null)
            _clients.TryRemove(client.Id, out _);
        Interlocked.Decrement(ref _places);
    }
}
