using System.Net;
using System.Reflection;

namespace Bellhop.Bench.Subjects;

/// <summary>
/// The peer: the gateway-setup skill's extension as published, with ioredis and a real Redis, in a small Node host that
/// gives it the part of pi's API it uses and passes its prompts on to the same mock agent.
/// </summary>
internal sealed class SkillGateway : IGateway
{
    private const string PublishedPort = "6379";

    private readonly Parts _parts;
    private readonly RedisServer _redis;
    private readonly string _folder;
    private readonly AgentSetup _agent;
    private ChildProcess? _host;

    private SkillGateway(Parts parts, string name, RedisServer redis, string folder, AgentSetup agent)
    {
        (_parts, Name, _redis, _folder, _agent) = (parts, name, redis, folder, agent);
        AgentLog = Path.Combine(folder, "agent-log");
        Transcript = Path.Combine(folder, "session.jsonl");
    }

    public string Name { get; }

    public IPEndPoint Bus => _redis.EndPoint;

    public int Pid => _host!.Pid;

    /// <summary>Just before its host was started, in ticks of the monotonic clock.</summary>
    public long StartedAt => _host!.StartedAt;

    public int RedisPid => _redis.Pid;

    public string AgentLog { get; }

    public string Transcript { get; }

    public static async Task<SkillGateway> StartAsync(
        Parts parts,
        string folder,
        string appendFsync,
        AgentSetup agent,
        CancellationToken cancel
    ) => await StartAsync(parts, folder, appendFsync, agent, (_, _) => Task.CompletedTask, cancel);

    /// <param name="fill">What happens to its Redis before the extension is there.</param>
    public static async Task<SkillGateway> StartAsync(
        Parts parts,
        string folder,
        string appendFsync,
        AgentSetup agent,
        Func<IPEndPoint, CancellationToken, Task> fill,
        CancellationToken cancel
    )
    {
        var redis = await RedisServer.StartAsync(folder, appendFsync, cancel);
        var gateway = new SkillGateway(parts, $"skill, Redis {appendFsync}", redis, folder, agent);
        gateway.LayOut();
        await fill(redis.EndPoint, cancel);
        await gateway.StartHostAsync(cancel);
        return gateway;
    }

    public async Task CrashAsync(CancellationToken cancel)
    {
        await _host!.KillAsync();
        await StartHostAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private void LayOut()
    {
        var extension = Resource("extension.ts").Replace(PublishedPort, $"{Bus.Port}", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "extension.ts"), extension);
        File.WriteAllText(Path.Combine(_folder, "host.mjs"), Resource("host.mjs"));
        File.WriteAllText(Path.Combine(_folder, "package.json"), """{"private":true,"type":"module"}""");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "node_modules"), _parts.Ioredis);
    }

    private async Task StartHostAsync(CancellationToken cancel)
    {
        var ready = Path.Combine(_folder, "ready");
        File.Delete(ready);
        string[] command =
        [
            _parts.Node,
            "host.mjs",
            "extension.ts",
            .. _agent.Command(AgentLog),
            "--session",
            Transcript,
        ];
        _host = ChildProcess.Start(command, _folder, new Dictionary<string, string>());
        await FileSignal.WaitAsync(ready, _host, cancel);
    }

    private static string Resource(string name)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream($"Peer/{name}")
            ?? throw new BenchException($"The bench was built without Peer/{name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
