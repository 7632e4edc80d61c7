using System.Diagnostics;
using System.Text.Json;

namespace Bellhop.SystemTests.Agents;

/// <summary>The scripted model: an OpenAI-compatible endpoint that obeys [[directives]] in the newest user message.</summary>
public sealed class FakeModel : IAsyncLifetime
{
    private Process? _server;

    public string BaseUrl { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var script = Path.Combine(RealPi.Repository, "tests/Bellhop.SystemTests/Parts/fake-model-server.mjs");
        _server = Process.Start(
            new ProcessStartInfo("node", [script, "--port", "0"])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
            }
        )!;
        var line = await _server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("no fake model");
        BaseUrl = JsonDocument.Parse(line).RootElement.GetProperty("baseUrl").GetString()!;
    }

    /// <summary>How often a prompt with these words was given to the model.</summary>
    public async Task<int> CountAsync(string words)
    {
        using var http = new HttpClient();
        var state = await http.GetStringAsync(BaseUrl.Replace("/v1", "/__state", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(state);
        return json
            .RootElement.GetProperty("requests")
            .EnumerateArray()
            .Count(r => r.GetRawText().Contains(words, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _server!.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
    }
}
