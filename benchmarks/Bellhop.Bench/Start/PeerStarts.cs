using System.Diagnostics;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Start;

/// <summary>Starts what the peers are made of, each until it is of use.</summary>
internal sealed class PeerStarts(Parts parts, Scratch scratch)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = WithIoredis(parts, scratch);

    /// <summary>Node up, the client library loaded, and down again.</summary>
    public Task<TimeSpan> IoredisAsync(CancellationToken cancel) =>
        ChildProcess.RunAsync(
            [parts.Node, "--input-type=module", "-e", "import Redis from 'ioredis'; new Redis({ lazyConnect: true })"],
            _folder,
            new Dictionary<string, string>(),
            cancel
        );

    /// <summary>A Redis server from execution to its first connection.</summary>
    public async Task<TimeSpan> RedisAsync(CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        await using var redis = await RedisServer.StartAsync(scratch.NewFolder("redis"), "everysec", cancel);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>The real pi from execution to its first answer.</summary>
    public async Task<TimeSpan> PiAsync(string pi, CancellationToken cancel)
    {
        var info = new ProcessStartInfo(pi)
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[] { "--mode", "rpc", "--no-session", "-ne" })
            info.ArgumentList.Add(argument);
        info.Environment["PI_CODING_AGENT_DIR"] = _folder;
        info.Environment["PI_OFFLINE"] = "1";
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(info) ?? throw new BenchException("pi did not start.");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        await process.StandardInput.WriteAsync("{\"id\":\"1\",\"type\":\"get_state\"}\n".AsMemory(), cancel);
        await process.StandardInput.FlushAsync(cancel);
        var answer = await process.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(Patience, cancel);
        var took = Stopwatch.GetElapsedTime(start);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel);
        return answer is null ? throw new BenchException("pi gave no answer.") : took;
    }

    private static string WithIoredis(Parts parts, Scratch scratch)
    {
        var folder = scratch.NewFolder("start");
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), parts.Ioredis);
        return folder;
    }
}
