using System.Globalization;
using System.Net;
using System.Reflection;
using Bellhop.Bench.MockAgent;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Fanout;

/// <summary>
/// A bus and some terminals that joined it by an extension: ours from <c>extensions/pi</c>, or the skill's with the
/// session's id put in, as its third tier has it. A small Node host stands in for pi and answers at once.
/// </summary>
internal sealed class TerminalRoom : IAsyncDisposable
{
    private const string PublishedSession = "\"main\"";
    private const string PublishedPort = "6379";

    private readonly Parts _parts;
    private readonly string _folder;
    private readonly List<ChildProcess> _hosts = [];
    private readonly List<string> _sessions = [];
    private readonly IAsyncDisposable _bus;

    private TerminalRoom(string name, IPEndPoint bus, IAsyncDisposable owner, Parts parts, string folder) =>
        (Name, Bus, _bus, _parts, _folder) = (name, bus, owner, parts, folder);

    public string Name { get; }

    public IPEndPoint Bus { get; }

    /// <summary>Who gets the events.</summary>
    public IReadOnlyList<string> Sessions => _sessions;

    /// <summary>Our extension on our own listener, or on Redis with Bellhop beside it.</summary>
    public static async Task<TerminalRoom> OursAsync(
        BenchContext context,
        BellhopGateway gateway,
        int terminals,
        CancellationToken cancel
    )
    {
        var room = new TerminalRoom(
            gateway.Name,
            gateway.Bus,
            gateway,
            context.Parts,
            context.Scratch.NewFolder("room")
        );
        var extension = Path.Combine(context.Parts.Root, "extensions", "pi", "index.ts");
        await room.FillAsync(terminals, _ => extension, number => room._hosts[number].Pid, cancel);
        return room;
    }

    /// <summary>The skill's extension on Redis.</summary>
    public static async Task<TerminalRoom> PeerAsync(
        BenchContext context,
        string appendFsync,
        int terminals,
        CancellationToken cancel
    )
    {
        var folder = context.Scratch.NewFolder("room");
        var redis = await RedisServer.StartAsync(folder, appendFsync, cancel);
        var room = new TerminalRoom($"skill, Redis {appendFsync}", redis.EndPoint, redis, context.Parts, folder);
        File.WriteAllText(Path.Combine(folder, "package.json"), """{"private":true,"type":"module"}""");
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), context.Parts.Ioredis);
        await room.FillAsync(terminals, room.WritePublished, number => number, cancel);
        return room;
    }

    /// <summary>When each terminal first read each event, in ticks of the monotonic clock.</summary>
    public IReadOnlyList<IReadOnlyDictionary<int, long>> FirstReads() =>
        [
            .. Enumerable
                .Range(0, _hosts.Count)
                .Select(number =>
                    PromptLog
                        .Read(LogOf(number))
                        .SelectMany(prompt => prompt.Events.Select(e => (Event: e, prompt.ReadAt)))
                        .GroupBy(read => read.Event)
                        .ToDictionary(reads => reads.Key, reads => reads.Min(read => read.ReadAt))
                ),
        ];

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        await _bus.DisposeAsync();
    }

    private string LogOf(int number) => Path.Combine(_folder, $"log-{number}");

    private async Task FillAsync(
        int terminals,
        Func<int, string> extension,
        Func<int, int> processOf,
        CancellationToken cancel
    )
    {
        var host = Path.Combine(_folder, "terminal.mjs");
        File.WriteAllText(host, Resource("terminal.mjs"));
        for (var number = 0; number < terminals; number++)
        {
            string[] command = [_parts.Node, host, extension(number), LogOf(number)];
            _hosts.Add(ChildProcess.Start(command, _folder, Environment()));
            await FileSignal.WaitAsync(Path.Combine(_folder, $"ready-{_hosts[number].Pid}"), _hosts[number], cancel);
            _sessions.Add(string.Create(CultureInfo.InvariantCulture, $"pid-{processOf(number)}"));
        }
    }

    private Dictionary<string, string> Environment() =>
        new() { ["GATEWAY_ROLE"] = "satellite", ["REDIS_URL"] = $"redis://{Bus}" };

    private string WritePublished(int number)
    {
        var path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"extension-{number}.ts"));
        var text = Resource("extension.ts")
            .Replace(PublishedPort, $"{Bus.Port}", StringComparison.Ordinal)
            .Replace(
                PublishedSession,
                string.Create(CultureInfo.InvariantCulture, $"\"pid-{number}\""),
                StringComparison.Ordinal
            );
        File.WriteAllText(path, text);
        return path;
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
