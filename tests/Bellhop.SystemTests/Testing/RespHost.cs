using System.Net;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Listener;
using Bellhop.Routing;
using Bellhop.Store.Sqlite;
using Bellhop.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.SystemTests.Testing;

/// <summary>The listener alone on a real Kestrel and the real store, without lanes: everything pushed stays visible.</summary>
internal sealed class RespHost : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly WebApplication _app;

    private RespHost(TempFolder folder, WebApplication app, SqliteEventStore store)
    {
        (_folder, _app, Store) = (folder, app, store);
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        Port = new Uri(address).Port;
    }

    public int Port { get; }

    public SqliteEventStore Store { get; }

    public static async Task<RespHost> StartAsync(RespOptions? options = null)
    {
        var folder = new TempFolder();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // Longer than any test may take: a connection that does not end must be seen, not cut off.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(2));
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseConnectionHandler<RespConnectionHandler>())
        );
        var store = await builder.Services.AddListenerAsync(folder.Path, TimeProvider.System, options);
        builder.Services.AddSingleton<ISessionHolders, NoHolders>();
        var app = builder.Build();
        app.Services.GetRequiredService<Readiness>().Enter(GatewayPhase.Ready);
        await app.StartAsync();
        return new RespHost(folder, app, store);
    }

    /// <summary>As SIGTERM does.</summary>
    public Task StopAsync(CancellationToken cancel) => _app.StopAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class NoHolders : ISessionHolders
    {
        public event EventHandler<SessionEventArgs>? Changed
        {
            add { }
            remove { }
        }

        public string? HolderOf(SessionId session) => null;

        public ReadOnlyMemory<byte>? OwnLeaseOf(SessionId session) => null;

        public Task LetGoAsync(SessionId session, CancellationToken cancel) => Task.CompletedTask;
    }
}
