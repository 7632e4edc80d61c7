using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Bellhop.SystemTests.Testing;

/// <summary>A Redis of the test's own, on a free port, with nothing on disk.</summary>
internal sealed class RealRedis : IDisposable
{
    public const int DefaultPort = 6379;

    private const int Tries = 5;

    private readonly Process _process;

    private RealRedis(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<RealRedis> StartAsync()
    {
        for (var i = 0; i < Tries; i++)
        {
            var port = FreePort();
            if (await TryStartAsync(port) is { } process)
                return new RealRedis(process, port);
        }
        throw new InvalidOperationException("redis-server did not start on any of the free ports it was given.");
    }

    /// <summary>On Redis' own port, which nobody else can have in a network of the test's own.</summary>
    public static async Task<RealRedis> StartAsync(OwnNetwork network) =>
        await TryStartAsync(DefaultPort, network.Launcher) is { } process
            ? new RealRedis(process, DefaultPort)
            : throw new InvalidOperationException("redis-server did not start in the test's own network.");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Null when somebody else took the port in between.</summary>
    private static async Task<Process?> TryStartAsync(int port, params string[] launcher)
    {
        string[] words =
        [
            .. launcher,
            Repository.Tool("redis-server"),
            .. new[] { "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no" },
        ];
        var process = Process.Start(Processes.Describe(words[0], words[1..]))!;
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains("Ready to accept connections"))
                return process;
        }
        process.Dispose();
        return null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
