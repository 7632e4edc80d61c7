using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>A person's machine: an agent folder on the scripted model, a bus, and any number of pi with the extension.</summary>
internal sealed class TerminalFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<IAsyncDisposable> _pis = [];
    private readonly Dictionary<string, string?> _environment = new(StringComparer.Ordinal);

    /// <param name="model">Reached from where pi runs.</param>
    /// <param name="busPort">The bus on this machine.</param>
    public TerminalFixture(FakeModel model, int busPort)
        : this(model, "127.0.0.1", busPort) { }

    /// <param name="model">Reached from where pi runs.</param>
    /// <param name="busHost">The bus as pi reaches it.</param>
    /// <param name="busPort">Its port.</param>
    public TerminalFixture(FakeModel model, string busHost, int busPort)
    {
        BusPort = busPort;
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (name.StartsWith("BELLHOP") || name.StartsWith("PI_") || name.StartsWith("REDIS_") || name == "TMUX")
                _environment[name] = null;
        }
        _environment["HOME"] = _folder.Path;
        _environment["PI_CODING_AGENT_DIR"] = RealPi.WriteAgentFolder(_folder, model);
        _environment["PI_OFFLINE"] = _environment["PI_SKIP_VERSION_CHECK"] = "1";
        _environment["PI_TELEMETRY"] = "0";
        _environment["REDIS_URL"] = $"redis://{busHost}:{busPort}";
        Directory.CreateDirectory(Work);
    }

    public int BusPort { get; }

    /// <summary>What goes before pi's line, such as a network of the test's own.</summary>
    public string[] Launcher { get; init; } = [];

    /// <summary>The same for producers, who reach the bus on their own 127.0.0.1.</summary>
    public string[] BusLauncher { get; init; } = [];

    /// <summary>Where pi runs.</summary>
    public string Work => Path.Combine(_folder.Path, "work");

    /// <summary>Where pi keeps what was said.</summary>
    public string AgentFolder => Path.Combine(_folder.Path, "agent");

    /// <summary>A transcript of its own for a pi that is to be started again on it.</summary>
    public string SessionFile => Path.Combine(_folder.Path, "kept.jsonl");

    public static string Extension => Repository.File("extensions/pi/index.ts");

    /// <summary>The environment of a pi; null removes a variable.</summary>
    public Dictionary<string, string?> EnvironmentWith(params (string Name, string? Value)[] more)
    {
        var all = new Dictionary<string, string?>(_environment, StringComparer.Ordinal);
        foreach (var (name, value) in more)
            all[name] = value;
        return all;
    }

    /// <summary>pi in RPC mode, joined to the bus.</summary>
    public async Task<PiRpc> StartRpcAsync(string generation, params (string Name, string? Value)[] environment)
    {
        var pi = StartRpc(generation, environment);
        await pi.IsJoinedAsync();
        return pi;
    }

    /// <summary>pi in RPC mode, whatever becomes of its bus.</summary>
    public PiRpc StartRpc(string generation, params (string Name, string? Value)[] environment) =>
        StartRpcOn(SessionFile, generation, environment);

    /// <summary>The same with a transcript of its own.</summary>
    public PiRpc StartRpcOn(string sessionFile, string generation, params (string Name, string? Value)[] environment)
    {
        string[] line =
        [
            .. Launcher,
            RealPi.Named(generation).Program,
            .. new[] { "--mode", "rpc", "--session", sessionFile, "-e", Extension },
        ];
        var pi = new PiRpc(line[0], line[1..], EnvironmentWith(environment), Work);
        _pis.Add(pi);
        return pi;
    }

    /// <summary>pi in a terminal.</summary>
    public async Task<PiTerminal> StartTerminalAsync(
        string name,
        string generation,
        string arguments = "",
        params (string Name, string? Value)[] environment
    )
    {
        var line = $"{RealPi.Named(generation).Program} {arguments}";
        var terminal = await PiTerminal.StartAsync(name, line.Trim(), EnvironmentWith(environment), Work);
        _pis.Add(terminal);
        return terminal;
    }

    /// <summary>Runs redis-cli on the bus; the answer's lines.</summary>
    public async Task<string[]> BusAsync(params string[] words)
    {
        string[] line = [.. BusLauncher, Repository.Tool("redis-cli"), "-p", $"{BusPort}", .. words];
        var answer = await Cli.RunAsync(line[0], line[1..], _environment);
        answer.ExitCode.ShouldBe(0, answer.All);
        return answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>As producers of the gateway-setup skill do.</summary>
    public async Task PushAsync(string session, string row)
    {
        (await BusAsync("LPUSH", $"agent:events:{session}", row)).Single().ShouldNotContain("ERR");
        await BusAsync("PUBLISH", $"agent:notify:{session}", "test");
    }

    /// <summary>What terminals said of events on a bus that keeps receipts, oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> ReceiptsAsync() =>
        [.. (await BusAsync("LRANGE", "agent:receipts", "0", "-1")).Reverse().Select(line => JsonNode.Parse(line)!)];

    /// <summary>Returns when an event's end is on the bus.</summary>
    public Task<JsonNode> EndOfAsync(string id, TimeSpan? atMost = null) =>
        Wait.For(
            async () =>
                (await ReceiptsAsync()).FirstOrDefault(r =>
                    (string?)r["id"] == id && (string?)r["state"] is "completed" or "dead" && (string?)r["id"] == id
                ),
            $"the end of {id}",
            atMost
        );

    /// <summary>Nothing is claimed or written down any more.</summary>
    public async Task NothingInHandAsync(string session)
    {
        (await BusAsync("EXISTS", $"agent:claims:{session}", $"agent:claim:{session}", $"agent:events:{session}"))
            .Single()
            .ShouldBe("0");
    }

    /// <summary>How often these words stand in what was said to pi, in all its transcripts.</summary>
    public int TimesTold(string words) => RealPi.UserMessages(_folder.Path).Sum(text => text.Split(words).Length - 1);

    public static string? StatusOf(JsonObject record) =>
        (string?)record["method"] == "setStatus" && (string?)record["statusKey"] == "gateway"
            ? (string?)record["statusText"]
            : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var pi in _pis)
            await pi.DisposeAsync();
        _folder.Dispose();
    }
}
