using Microsoft.AspNetCore.Connections;

namespace Bellhop.Redis.Listener;

/// <summary>What Kestrel is told to use: <c>listenOptions.UseConnectionHandler&lt;RespConnectionHandler&gt;()</c>.</summary>
public sealed class RespConnectionHandler(RespServer server) : ConnectionHandler
{
    /// <inheritdoc />
    public override Task OnConnectedAsync(ConnectionContext connection) => server.ServeAsync(connection);
}
