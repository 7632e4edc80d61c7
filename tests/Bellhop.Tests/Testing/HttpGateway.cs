using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Bellhop.Channels.Http;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Permissions;
using Bellhop.Routing;
using Bellhop.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bellhop.Tests.Testing;

/// <summary>The HTTP door on a real Kestrel: loopback on a free port and a Unix socket, over a store in memory.</summary>
internal sealed class HttpGateway : IAsyncDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("bellhop-").FullName;
    private WebApplication? _app;

    public FakeEventStore Store { get; } = new();

    public ManualTime Time { get; } = new();

    public FakeHandover Handover { get; } = new();

    public FakeTerminalCalls Calls { get; } = new();

    public Readiness Readiness { get; } = new();

    public LogCapture Logs { get; } = new();

    public FakeReload Configuration { get; } = new();

    public string TokenPath => Path.Combine(_home, "token");

    public string SocketPath => Path.Combine(_home, "bellhop.sock");

    public string Token => File.ReadAllText(TokenPath).Trim();

    public int Port { get; private set; }

    public IServiceProvider Services => _app!.Services;

    /// <summary>Carries the token.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>Carries none.</summary>
    public HttpClient Stranger { get; private set; } = new();

    /// <summary>What events are routed by.</summary>
    public RoutingOptions Routing { get; set; } = new();

    public static async Task<HttpGateway> StartAsync(
        Func<HttpChannelOptions, HttpChannelOptions>? change = null,
        RoutingOptions? routing = null
    )
    {
        var gateway = new HttpGateway { Routing = routing ?? new RoutingOptions() };
        gateway.Readiness.Enter(GatewayPhase.Ready);
        await gateway.RunAsync(change ?? (o => o));
        return gateway;
    }

    /// <summary>A gateway that is still taking stock.</summary>
    public static async Task<HttpGateway> StartingAsync()
    {
        var gateway = new HttpGateway();
        await gateway.RunAsync(o => o);
        return gateway;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        PostAsync(path, Encoding.UTF8.GetBytes(json));

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body) =>
        Http.PostAsync(path, new ByteArrayContent(body));

    /// <summary>A client over the Unix socket, without a token.</summary>
    public HttpClient OverSocket() =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancel) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = new Uri("http://localhost"),
        };

    /// <summary>Bytes on the wire, for what no client would send.</summary>
    public async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Sends text and reads to the end of the connection.</summary>
    public async Task<string> SendRawAsync(string text, CancellationToken cancel)
    {
        await using var wire = await ConnectAsync();
        await wire.WriteAsync(Encoding.Latin1.GetBytes(text), cancel);
        using var reader = new StreamReader(wire, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancel);
    }

    /// <summary>What it says of what carries the events.</summary>
    public BusStatus Bus { get; set; } = new("embedded", null, "agent");

    public Task StopAsync() => _app!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Stranger.Dispose();
        await _app!.DisposeAsync();
        await Store.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task RunAsync(Func<HttpChannelOptions, HttpChannelOptions> change)
    {
        var options = change(new HttpChannelOptions { TokenFile = TokenPath, SocketPath = SocketPath });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Logs);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            KestrelLimits.Apply(kestrel, options);
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.ListenUnixSocket(SocketPath);
        });
        AddPipeline(builder.Services);
        builder.Services.AddBellhopHttp(options);
        _app = builder.Build();
        _app.MapBellhop();
        _app.MapGet("/v1/boom", _ => throw new InvalidOperationException("the secret of the house"));
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Port = new Uri(addresses.First(a => !a.Contains("unix", StringComparison.Ordinal))).Port;
        (Http, Stranger) = (Client(), Client());
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        // The metrics watch from the start.
        await Store.SomebodyWatchesAsync(TestContext.Current.CancellationToken);
    }

    private void AddPipeline(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Time).AddSingleton<IEventStore>(Store).AddSingleton(Readiness);
        services.AddSingleton<UlidFactory>().AddSingleton<EventReader>().AddSingleton<Alarms>();
        services.AddSingleton<IConfigurationReload>(Configuration);
        services
            .AddSingleton<SessionRegistry>()
            .AddSingleton(() => Routing)
            .AddSingleton<Router>()
            .AddSingleton<Inbox>();
        services.AddSingleton<ITerminalRecords, NoRecords>().AddSingleton<TerminalLeases>();
        services.AddSingleton<ISessionHandover>(Handover).AddSingleton<ISessionHolders>(new FakeHolders());
        services.AddSingleton<ITerminalCalls>(Calls);
        services.AddSingleton(p => new StatusReporter(
            Store,
            p.GetRequiredService<SessionRegistry>(),
            Readiness,
            p.GetRequiredService<Alarms>(),
            p.GetRequiredService<PermissionRequests>(),
            new NoLanes(),
            p.GetRequiredService<TerminalLeases>(),
            p.GetRequiredService<Func<GatewayFacts>>(),
            Time
        ));
        services.AddSingleton(() => new GatewayFacts($"http://127.0.0.1:{Port}", Bus, []));
    }

    private HttpClient Client() => new() { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };

    private sealed class NoLanes : ILaneStatusSource
    {
        public IReadOnlyList<LaneStatus> Lanes => [];
    }
}
