using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;

namespace Bellhop.Tests.Testing;

/// <summary>A real server of the test's own, on a free port. Without persistence unless it is asked for.</summary>
internal class RedisServer : IAsyncLifetime
{
    private const int Tries = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _program;
    private readonly string[] _options;
    private readonly TempFolder _folder = new();
    private Process _process = null!;
    private Task _reading = Task.CompletedTask;

    public RedisServer(string program, params string[] options) => (_program, _options) = (program, options);

    public int Port { get; private set; }

    public RedisEndpoint Endpoint => RedisEndpoint.Parse($"redis://127.0.0.1:{Port}");

    public IRedisDialer Dialer => new RedisDialer(Endpoint, new RedisClientOptions(), TimeProvider.System);

    public static string Redis =>
        OnPath("redis-server") ?? throw Missing("redis-server", "eng/install-packages, or run ./test");

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < Tries; i++)
        {
            using (var listener = new TcpListener(IPAddress.Loopback, 0))
            {
                listener.Start();
                Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            if (await TryStartAsync())
                return;
        }
        throw new InvalidOperationException($"{_program} did not start on any of the free ports it was given.");
    }

    /// <summary>As a power cut of the server's process would, then again on the same port with what is on disk.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    public async Task StartAgainAsync() => (await TryStartAsync()).ShouldBeTrue("the server starts again on its port");

    /// <summary>One command on a connection of its own.</summary>
    public async Task<RespValue> CallAsync(params RedisArgument[] words)
    {
        await using var connection = await Dialer.DialAsync(null, CancellationToken.None);
        return await connection.CallAsync(RedisCommand.Of(words), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/usr/bin"])
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private protected static InvalidOperationException Missing(string what, string mend) =>
        new($"{what} is not on this machine. Install it with {mend}.");

    /// <summary>False when somebody else took the port in between.</summary>
    private async Task<bool> TryStartAsync()
    {
        string[] words = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.Path, "--loglevel", "notice"];
        string[] durability = _options.Length > 0 ? _options : ["--save", "", "--appendonly", "no"];
        var start = new ProcessStartInfo(_program, [.. words, .. durability]) { RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reading = ReadAsync(_process.StandardOutput, ready);
        if (await ready.Task.WaitAsync(Patience))
            return true;
        _process.Dispose();
        return false;
    }

    /// <summary>To its end, so that the server never waits for room to log.</summary>
    private static async Task ReadAsync(StreamReader output, TaskCompletionSource<bool> ready)
    {
        while (await output.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (line.Contains("eady to accept connections"))
                ready.TrySetResult(true);
        }
        ready.TrySetResult(false);
    }
}
