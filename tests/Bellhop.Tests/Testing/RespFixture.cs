using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Listener;
using Bellhop.Routing;
using Bellhop.Store.Sqlite;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Testing;

/// <summary>The listener over pipes, on the real store and a manual clock.</summary>
internal sealed class RespFixture : IAsyncDisposable, ISessionHolders
{
    private readonly TempFolder _folder = new();
    private readonly List<Task> _served = [];
    private ServiceProvider _services = null!;

    private RespFixture() { }

    public ManualTime Time { get; } = new();

    public FakeApplication Application { get; } = new();

    public SqliteEventStore Store { get; private set; } = null!;

    /// <summary>Sessions that an agent of ours holds, with its kind.</summary>
    public ConcurrentDictionary<SessionId, string> Holders { get; } = [];

    /// <summary>Ends when our agent has made room for a terminal.</summary>
    public Task LetGo { get; set; } = Task.CompletedTask;

    public TerminalLeases Terminals => _services.GetRequiredService<TerminalLeases>();

    /// <summary>What the next run of the gateway would begin with.</summary>
    public TerminalLeases TerminalsOfANewRun() =>
        new(
            Store,
            Sessions,
            _services.GetRequiredService<ITerminalRecords>(),
            Time,
            NullLogger<TerminalLeases>.Instance
        );

    public RespStatistics Statistics => _services.GetRequiredService<RespStatistics>();

    public Readiness Readiness => _services.GetRequiredService<Readiness>();

    public Inbox Inbox => _services.GetRequiredService<Inbox>();

    public EventReader Reader => _services.GetRequiredService<EventReader>();

    public GatewayMetrics Metrics => _services.GetRequiredService<GatewayMetrics>();

    public SessionRegistry Sessions => _services.GetRequiredService<SessionRegistry>();

    public static async Task<RespFixture> StartAsync(
        RespOptions? options = null,
        SqliteStoreOptions? store = null,
        bool ready = true,
        int? maxPages = null
    )
    {
        var fixture = new RespFixture();
        var services = new ServiceCollection()
            .AddSingleton<ISessionHolders>(fixture)
            .AddSingleton<IHostApplicationLifetime>(fixture.Application)
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        var small = maxPages is { } pages ? await fixture.OpenSmallAsync(pages) : null;
        fixture.Store = await services.AddListenerAsync(fixture._folder.Path, fixture.Time, options, store, small);
        fixture._services = services.BuildServiceProvider();
        if (ready)
            fixture.Readiness.Enter(GatewayPhase.Ready);
        foreach (var hosted in fixture._services.GetServices<IHostedService>())
            await hosted.StartAsync(CancellationToken.None);
        return fixture;
    }

    /// <summary>A store on a disk that ends after so many pages.</summary>
    private Task<SqliteEventStore> OpenSmallAsync(int pages)
    {
        var options = new SqliteStoreOptions { Path = Path.Combine(_folder.Path, "state.db"), MinFreeDisk = 0 };
        var parts = new StoreParts(options, Time, new UlidFactory(Time), NullLogger<SqliteEventStore>.Instance);
        return SqliteEventStore.OpenAsync(parts with { MaxPages = pages });
    }

    public RespTestClient Connect(string address = "127.0.0.1")
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        var server = _services.GetRequiredService<RespServer>();
        var context = new DefaultConnectionContext
        {
            Transport = new DuplexPipe(toServer.Reader, toClient.Writer),
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 50_000 + _served.Count),
        };
        var closed = new CancellationTokenSource();
        context.ConnectionClosed = closed.Token;
        var client = new RespTestClient(toServer.Writer, toClient.Reader, closed);
        _served.Add(ServeAsync());
        return client;

        async Task ServeAsync()
        {
            await server.ServeAsync(context);
            await toClient.Writer.CompleteAsync();
            await toServer.Reader.CompleteAsync();
        }
    }

    public event EventHandler<SessionEventArgs>? Changed;

    /// <summary>Gives a session to an agent of ours, or (null) takes it away.</summary>
    public void Hold(SessionId session, string? agent)
    {
        if (agent is null)
            Holders.TryRemove(session, out _);
        else
            Holders[session] = agent;
        Changed?.Invoke(this, new SessionEventArgs(session));
    }

    public string? HolderOf(SessionId session) => Holders.GetValueOrDefault(session);

    public ReadOnlyMemory<byte>? OwnLeaseOf(SessionId session) =>
        Holders.TryGetValue(session, out var agent)
            ? Encoding.UTF8.GetBytes($$"""{"sid":"{{session}}","kind":"bellhop","agent":"{{agent}}"}""")
            : (ReadOnlyMemory<byte>?)null;

    public Task LetGoAsync(SessionId session, CancellationToken cancel) => LetGo.WaitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
            await hosted.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
