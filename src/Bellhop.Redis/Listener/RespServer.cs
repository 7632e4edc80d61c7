using Bellhop.Redis.Commands;
using Bellhop.Redis.EventLists;
using Bellhop.Redis.Terminals;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Listener;

/// <summary>Serves the connections that Kestrel hands over.</summary>
public sealed partial class RespServer
{
    private readonly CommandDispatcher _dispatcher;
    private readonly ClientRoster _roster;
    private readonly PubSub _pubSub;
    private readonly RowLeases _leases;
    private readonly LeaseKeys _terminals;
    private readonly KeyListeners _keys;
    private readonly WrongPasswords _passwords;
    private readonly TimeProvider _time;
    private readonly ILogger<RespServer> _logger;

    internal RespServer(
        CommandDispatcher dispatcher,
        ClientRoster roster,
        PubSub pubSub,
        RowLeases leases,
        LeaseKeys terminals,
        KeyListeners keys,
        WrongPasswords passwords,
        TimeProvider time,
        ILogger<RespServer> logger
    )
    {
        (_dispatcher, _roster, _pubSub, _leases) = (dispatcher, roster, pubSub, leases);
        (_terminals, _keys, _passwords, _time, _logger) = (terminals, keys, passwords, time, logger);
    }

    internal async Task ServeAsync(ConnectionContext context)
    {
        if (!_roster.TryTakePlace())
        {
            await context.Transport.Output.WriteAsync(
                "-ERR max number of clients reached\r\n"u8.ToArray(),
                context.ConnectionClosed
            );
            return;
        }
        RespClient? client = null;
        try
        {
            using var output = new RespOutput(context.Transport.Output);
            client = Welcome(context, output);
            _roster.Add(client);
            await ServeAsync(context, client, output);
        }
        finally
        {
            _roster.LeavePlace(client);
        }
    }

    private async Task ServeAsync(ConnectionContext context, RespClient client, RespOutput output)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed);
        var requested = context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested;
        var pump = output.PumpAsync(over.Token);
        try
        {
            var connection = new RespConnection(context.Transport.Input, client, output, _dispatcher, _time);
            await connection.RunAsync(requested ?? CancellationToken.None, over.Token);
        }
        catch (Exception e) when (IsDisconnect(e))
        {
            Log.Disconnected(_logger, client.Id, e.Message);
        }
        finally
        {
            _pubSub.RemoveAll(client);
            TransactionCommands.Forget(client, _keys);
            _leases.Release(client.Id);
            _terminals.Left(client.Id);
            await over.CancelAsync();
            // It ends by this cancellation, or by the disconnect that the loop above has met as well.
            await pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private RespClient Welcome(ConnectionContext context, RespOutput output)
    {
        var (now, id) = (_time.GetUtcNow(), _roster.NextId());
        var address = context.RemoteEndPoint?.ToString() ?? "local:0";
        return new RespClient(
            id,
            address,
            context.LocalEndPoint?.ToString() ?? "local:0",
            now,
            output,
            reason =>
            {
                Log.Dismissed(_logger, id, reason);
                context.Abort(new ConnectionAbortedException(reason));
            }
        )
        {
            IsAuthenticated = !_passwords.IsRequired,
            LastCommandAt = now,
        };
    }

    private static bool IsDisconnect(Exception e) => e is OperationCanceledException or IOException;

    private static partial class Log
    {
        [LoggerMessage(420, LogLevel.Debug, "Redis client {Client} went away: {Reason}")]
        public static partial void Disconnected(ILogger logger, long client, string reason);

        [LoggerMessage(421, LogLevel.Warning, "Redis client {Client} was disconnected: {Reason}")]
        public static partial void Dismissed(ILogger logger, long client, string reason);
    }
}
