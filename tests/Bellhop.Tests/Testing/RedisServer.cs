using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;

namespace Bellhop.Tests.Testing;

/// <summary>A server that the tests of one class share.</summary>
public abstract class ServerFixture : IAsyncLifetime
{
    private protected ServerFixture(string program) => Server = new RedisServer(program);

    internal RedisServer Server { get; }

    public ValueTask InitializeAsync() => Server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The Redis of this machine.</summary>
public sealed class RedisFixture() : ServerFixture(RedisServer.Redis);

/// <summary>The Valkey among the parts.</summary>
public sealed class ValkeyFixture() : ServerFixture(RedisServer.Valkey);

/// <summary>A real server of the test's own, on a free port. Without persistence unless it is asked for.</summary>
internal sealed class RedisServer : IAsyncLifetime
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
        OnPath("redis-server")
        ?? throw new InvalidOperationException(
            "redis-server is not on this machine. Install it with eng/install-packages, or run ./test."
        );

    public static string Valkey =>
        Part("bin/valkey-server")
        ?? OnPath("valkey-server")
        ?? throw new InvalidOperationException(
            "valkey-server is not among the parts. Install it with eng/install-parts, or run ./test."
        );

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
    }

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/usr/bin"])
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private static string? Part(string name)
    {
        var parts = Environment.GetEnvironmentVariable("BELLHOP_PARTS") is { Length: > 0 } elsewhere
            ? elsewhere
            : Path.Combine(RepositoryFiles.Root, "artifacts", "parts");
        return Path.Combine(parts, name) is var path && File.Exists(path) ? path : null;
    }

    /// <summary>False when somebody else took the port in between.</summary>
    private async Task<bool> TryStartAsync()
    {
        string[] words = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.Path, "--loglevel", "notice"];
        string[] durability = _options.Length > 0 ? _options : ["--save", "", "--appendonly", "no"];
        var start = new ProcessStartInfo(_program, [.. words, .. durability])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
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
