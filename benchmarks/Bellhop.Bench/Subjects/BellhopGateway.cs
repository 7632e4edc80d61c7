using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bellhop.Bench.Subjects;

/// <summary>
/// The built program as a person runs it: <c>up</c> in a home of its own, with the embedded store and its own listener or
/// on a Redis.
/// </summary>
internal sealed class BellhopGateway : IGateway
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(1);

    private readonly Parts _parts;
    private readonly string _home;
    private readonly Dictionary<string, string> _environment;
    private readonly RedisServer? _redis;
    private ChildProcess? _process;

    private BellhopGateway(Parts parts, string home, AgentSetup? agent, RedisServer? redis)
    {
        _parts = parts;
        _home = home;
        _redis = redis;
        Bus = redis?.EndPoint ?? FreePort.Next();
        Name = redis is null ? "Bellhop" : $"Bellhop, Redis {redis.AppendFsync}";
        AgentLog = Path.Combine(home, "agent-log");
        _environment = Configuration(agent);
    }

    public string Name { get; }

    public IPEndPoint Bus { get; }

    public int Pid => _process!.Pid;

    public string AgentLog { get; }

    public string Transcript =>
        Directory.EnumerateFiles(_home, "*.jsonl", SearchOption.AllDirectories).SingleOrDefault()
        ?? Path.Combine(_home, "no-session-yet");

    /// <summary>Where its HTTP is.</summary>
    public Uri Http { get; private set; } = new("http://127.0.0.1");

    /// <summary>From just before it was started to the first 200 of <c>/readyz</c>.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <summary>Just before it was started, in ticks of the monotonic clock.</summary>
    public long StartedAt => _process!.StartedAt;

    /// <summary>When it was ready, in ticks of the monotonic clock.</summary>
    public long ReadyAt { get; private set; }

    /// <param name="home">Its home, which may hold what an earlier run left.</param>
    /// <param name="agent">Null: no agent of its own, events only wait.</param>
    public static async Task<BellhopGateway> StartAsync(
        Parts parts,
        string home,
        AgentSetup? agent,
        CancellationToken cancel
    )
    {
        var gateway = new BellhopGateway(parts, home, agent, redis: null);
        await gateway.StartAsync(cancel);
        return gateway;
    }

    /// <summary>The same on a Redis of its own, which ends with it.</summary>
    public static async Task<BellhopGateway> StartOnRedisAsync(
        Parts parts,
        string home,
        string appendFsync,
        AgentSetup? agent,
        CancellationToken cancel
    )
    {
        var redis = await RedisServer.StartAsync(home, appendFsync, cancel);
        var gateway = new BellhopGateway(parts, home, agent, redis);
        await gateway.StartAsync(cancel);
        return gateway;
    }

    public async Task CrashAsync(CancellationToken cancel)
    {
        await _process!.KillAsync();
        await StartAsync(cancel);
    }

    /// <summary>A client that shows the token.</summary>
    public HttpClient CreateClient(int connections)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections })
        {
            BaseAddress = Http,
        };
        var token = File.ReadAllText(Path.Combine(_home, "token")).Trim();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Runs a command of the program against this gateway.</summary>
    public Task<TimeSpan> CommandAsync(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        ChildProcess.RunAsync([_parts.Bellhop, .. arguments], _home, _environment, cancel);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        var endpoints = Path.Combine(_home, "run", "endpoints.json");
        if (File.Exists(endpoints))
            File.Delete(endpoints);
        _process = ChildProcess.Start([_parts.Bellhop, "up"], _home, _environment);
        using var client = new HttpClient();
        while (!await IsReadyAsync(endpoints, client, cancel))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(_process.StartedAt) > Patience)
                throw new BenchException($"The gateway does not get ready: {_process.Words}");
            await Task.Delay(BetweenLooks, TimeProvider.System, cancel);
        }
        ReadyAt = Stopwatch.GetTimestamp();
        TimeToReady = Stopwatch.GetElapsedTime(_process.StartedAt, ReadyAt);
    }

    private async Task<bool> IsReadyAsync(string endpoints, HttpClient client, CancellationToken cancel)
    {
        if (!File.Exists(endpoints))
            return false;
        try
        {
            var json = JsonNode.Parse(await File.ReadAllTextAsync(endpoints, cancel))!;
            Http = new Uri((string)json["http"]!);
            using var answer = await client.GetAsync(new Uri(Http, "/readyz"), cancel);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return false; // half written, or not listening yet
        }
    }

    private Dictionary<string, string> Configuration(AgentSetup? agent)
    {
        var environment = new Dictionary<string, string>
        {
            ["BELLHOP_HOME"] = _home,
            ["BELLHOP__LISTEN"] = "127.0.0.1:0",
            ["BELLHOP__BUS__KIND"] = _redis is null ? "embedded" : "redis",
            [_redis is null ? "BELLHOP__BUS__RESP" : "BELLHOP__BUS__URL"] = _redis is null
                ? $"{Bus}"
                : $"redis://{Bus}",
            ["BELLHOP__AGENT__KIND"] = agent is null ? "none" : "pi",
            ["BELLHOP__AGENT__CWD"] = _home,
        };
        foreach (var (word, index) in (agent?.Command(AgentLog) ?? []).Select((w, i) => (w, i)))
            environment[string.Create(CultureInfo.InvariantCulture, $"BELLHOP__AGENT__COMMAND__{index}")] = word;
        if (_parts.DotnetRoot is { } root)
            environment["DOTNET_ROOT"] = root;
        return environment;
    }
}
