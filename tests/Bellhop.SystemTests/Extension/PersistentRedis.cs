using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>A Redis that syncs every write, so that a test may kill it and start it again where it was.</summary>
internal sealed class PersistentRedis : IDisposable
{
    private readonly TempFolder _folder = new();
    private Process? _process;

    public int Port { get; } = FreePort();

    public static async Task<PersistentRedis> StartAsync()
    {
        var redis = new PersistentRedis();
        await redis.StartAgainAsync();
        return redis;
    }

    /// <summary>One that is not there yet.</summary>
    public static PersistentRedis Down() => new();

    public async Task StartAgainAsync()
    {
        string[] arguments =
        [
            .. new[] { "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.Path, "--save", "" },
            .. new[] { "--appendonly", "yes", "--appendfsync", "always" },
        ];
        _process = Process.Start(Processes.Describe(Repository.Tool("redis-server"), arguments))!;
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains("Ready to accept connections"))
                return;
        }
        throw new InvalidOperationException($"redis-server did not start on port {Port}.");
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        if (_process is null)
            return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
