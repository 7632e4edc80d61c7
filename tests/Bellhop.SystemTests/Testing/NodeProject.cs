using System.Diagnostics;

namespace Bellhop.SystemTests.Testing;

/// <summary>A folder with ioredis beside it, in which published text runs as it stands, but for the port.</summary>
internal sealed class NodeProject : IDisposable
{
    private readonly TempFolder _folder = new();

    public NodeProject(string ioredis)
    {
        Directory.CreateSymbolicLink(
            Path.Combine(_folder.Path, "node_modules"),
            Repository.Part($"npm/{ioredis}/node_modules")
        );
        _folder.Write("package.json", """{"type":"module"}""");
    }

    /// <summary>Copies a file of the test data; <paramref name="edit"/> may replace the port and nothing else.</summary>
    public NodeProject With(string file, Func<string, string>? edit = null, string? name = null)
    {
        var text = File.ReadAllText(TestData(file));
        _folder.Write(name ?? Path.GetFileName(file), edit?.Invoke(text) ?? text);
        return this;
    }

    public static string TestData(string file) => Repository.File($"tests/Bellhop.SystemTests/Redis/{file}");

    /// <summary>Node 22 or newer runs TypeScript as it is.</summary>
    public Process Start(params string[] arguments) =>
        Process.Start(
            WithFolder(Processes.Describe(Repository.Part("npm/node22/node_modules/node/bin/node"), arguments))
        )!;

    /// <summary>Runs a file to its end and returns what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await FinishAsync(process);
    }

    public static async Task<string> FinishAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, await errors);
        return output;
    }

    public void Dispose() => _folder.Dispose();

    private ProcessStartInfo WithFolder(ProcessStartInfo info)
    {
        info.WorkingDirectory = _folder.Path;
        return info;
    }
}
