using System.Globalization;
using System.Net;

namespace Bellhop.Bench.Subjects;

/// <summary>A real redis-server with an append-only file, on a port of its own.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private RedisServer(ChildProcess process, IPEndPoint endPoint, string appendFsync) =>
        (_process, EndPoint, AppendFsync) = (process, endPoint, appendFsync);

    public IPEndPoint EndPoint { get; }

    /// <summary>When it syncs its append-only file.</summary>
    public string AppendFsync { get; }

    public int Pid => _process.Pid;

    /// <param name="appendFsync"><c>everysec</c> is what people run; <c>always</c> is what is durable.</param>
    public static async Task<RedisServer> StartAsync(string folder, string appendFsync, CancellationToken cancel)
    {
        var endPoint = FreePort.Next();
        string[] command =
        [
            Parts.RedisServer,
            "--port",
            endPoint.Port.ToString(CultureInfo.InvariantCulture),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder,
            "--appendonly",
            "yes",
            "--appendfsync",
            appendFsync,
            "--save",
            "",
        ];
        var process = ChildProcess.Start(command, folder, new Dictionary<string, string>());
        await Listening.WaitAsync(endPoint, process, cancel);
        return new RedisServer(process, endPoint, appendFsync);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
