using System.Net;
using Bellhop.Bench.Load;

namespace Bellhop.Bench.Ingest;

/// <summary>LPUSH over the Redis protocol, each awaiting its reply.</summary>
internal sealed class RespIngest(IPEndPoint bus, IAsyncDisposable server, TimeProvider time) : IIngest
{
    private readonly List<RespConnection> _connections = [];

    public async Task<Func<int, Task>> ConnectAsync(CancellationToken cancel)
    {
        var connection = await RespConnection.OpenAsync(bus, cancel);
        _connections.Add(connection);
        return number =>
            connection.LPushAsync(EventBody.List(EventBody.Central), EventBody.Write(number, time), cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _connections.ForEach(c => c.Dispose());
        await server.DisposeAsync();
    }
}
