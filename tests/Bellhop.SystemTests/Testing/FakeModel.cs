using System.Diagnostics;
using System.Net.Http.Json;
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

    /// <summary>What it was really sent, oldest first: the body of each request, as JSON.</summary>
    public async Task<IReadOnlyList<JsonElement>> RequestsAsync()
    {
        using var http = new HttpClient();
        var state = await http.GetFromJsonAsync<JsonElement>(Control("__state"));
        return [.. state.GetProperty("requests").EnumerateArray().Select(r => r.GetProperty("body"))];
    }

    /// <summary>Decides its next answers, one for each request, before the prompts' own directives count.</summary>
    public async Task ScriptAsync(params string[] replies)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(Control("__script"), new { replies });
        answer.EnsureSuccessStatusCode();
    }

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

    private Uri Control(string path) => new(new Uri(BaseUrl), $"/{path}");
}
