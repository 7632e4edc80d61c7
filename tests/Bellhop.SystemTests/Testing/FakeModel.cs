using System.Diagnostics;
using System.Text.Json;

namespace Bellhop.SystemTests.Testing;

/// <summary>
/// A scripted model behind the API that agents speak, in a process of its own. What it does stands in
/// <c>[[directives]]</c> of the prompt; its file lists them.
/// </summary>
internal sealed class FakeModel : IDisposable
{
    private readonly Process _process;

    private FakeModel(Process process, string baseUrl) => (_process, BaseUrl) = (process, baseUrl);

    /// <summary>What goes into an agent's configuration.</summary>
    public string BaseUrl { get; }

    public static async Task<FakeModel> StartAsync()
    {
        var script = Repository.File("tests/Bellhop.SystemTests/Parts/fake-model-server.mjs");
        var process = Process.Start(Processes.Describe(Repository.Tool("node"), [script, "--port", "0"]))!;
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        var line = await process.StandardOutput.ReadLineAsync(limit.Token);
        if (line is null)
            throw new InvalidOperationException("The scripted model ended before it said where it listens.");
        return new FakeModel(process, JsonDocument.Parse(line).RootElement.GetProperty("baseUrl").GetString()!);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
