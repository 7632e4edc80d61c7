using System.Diagnostics;
using System.Text.Json;

namespace Bellhop.SystemTests.Testing;

/// <summary>
/// A scripted model behind the API that agents speak, in a process of its own. What it does stands in
/// <c>[[directives]]</c> of the newest user message; its file lists them. One test's own, or a class' fixture.
/// </summary>
public sealed class FakeModel : IAsyncLifetime
{
    private Process? _process;

    /// <summary>What goes into an agent's configuration.</summary>
    public string BaseUrl { get; private set; } = "";

    public static async Task<FakeModel> StartAsync()
    {
        var model = new FakeModel();
        await model.InitializeAsync();
        return model;
    }

    /// <summary>The same in a network of the test's own.</summary>
    public static async Task<FakeModel> StartAsync(string[] launcher)
    {
        var model = new FakeModel();
        await model.InitializeAsync(launcher);
        return model;
    }

    public ValueTask InitializeAsync() => InitializeAsync([]);

    private async ValueTask InitializeAsync(string[] launcher)
    {
        var script = Repository.File("tests/Bellhop.SystemTests/Parts/fake-model-server.mjs");
        string[] words = [.. launcher, Repository.Tool("node"), script, "--port", "0"];
        _process = Process.Start(Processes.Describe(words[0], words[1..]))!;
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        var line =
            await _process.StandardOutput.ReadLineAsync(limit.Token)
            ?? throw new InvalidOperationException("The scripted model ended before it said where it listens.");
        BaseUrl = JsonDocument.Parse(line).RootElement.GetProperty("baseUrl").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
