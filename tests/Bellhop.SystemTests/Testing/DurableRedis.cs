using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Bellhop.SystemTests.Testing;

/// <summary>A Redis that keeps everything it acknowledged (AOF always), and that a test kills, starts again, stops and lets go on.</summary>
internal sealed class DurableRedis : IDisposable
{
    /// <summary>Stands for the port in an option.</summary>
    public const string PortWord = "{port}";

    private const int Tries = 5;

    private readonly TempFolder _folder = new();
    private readonly string[] _launcher;
    private readonly string[] _options;
    private Process _process = null!;
    private ProcessOutput _said = null!;

    private DurableRedis(string[] launcher, string[] options) => (_launcher, _options) = (launcher, options);

    public int Port { get; private set; }

    public int Pid => _process.Id;

    public string Url => $"redis://127.0.0.1:{Port}/0";

    /// <summary>Starts one; <paramref name="options"/> are redis-server's own and come last.</summary>
    public static Task<DurableRedis> StartAsync(params string[] options) => StartAsync([], null, options);

    /// <summary>Starts one behind a launcher, such as a network of the test's own, on a port that is free there.</summary>
    public static async Task<DurableRedis> StartAsync(string[] launcher, int? port, params string[] options)
    {
        var redis = new DurableRedis(launcher, options);
        for (var i = 0; i < Tries; i++)
        {
            redis.Port = port ?? FreePort();
            if (await redis.TryStartAsync())
                return redis;
        }
        throw new InvalidOperationException($"redis-server did not start: {redis._said}");
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _said.Dispose();
    }

    /// <summary>On the same port, with what is on disk.</summary>
    public async Task StartAgainAsync() => (await TryStartAsync()).ShouldBeTrue($"{_said}");

    public void Pause() => Processes.Signal(Pid, "STOP");

    public void GoOn() => Processes.Signal(Pid, "CONT");

    /// <summary>The first line of a command's answer.</summary>
    public async Task<string> CommandAsync(params string[] words)
    {
        using var connection = await RespConnection.OpenAsync(Port);
        return await connection.CommandAsync(words);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _said.Dispose();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>False when somebody else took the port in between.</summary>
    private async Task<bool> TryStartAsync()
    {
        string[] words =
        [
            .. _launcher,
            Repository.Tool("redis-server"),
            .. new[] { "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.Path, "--save", "" },
            .. new[] { "--appendonly", "yes", "--appendfsync", "always" },
            .. _options.Select(o => o.Replace(PortWord, $"{Port}")),
        ];
        _process = Process.Start(Processes.Describe(words[0], words[1..]))!;
        _said = new ProcessOutput(_process);
        var ready = _said.ContainsAsync("eady to accept connections");
        return await Task.WhenAny(ready, _process.WaitForExitAsync()) == ready;
    }
}
