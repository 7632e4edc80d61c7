using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Bellhop.SystemTests.Testing;

/// <summary>An HTTP answer as a test looks at it.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The code of a refusal, <c>BH-4001</c> and so on.</summary>
    public string? Code => Json.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;
}

/// <summary>The gateway's HTTP interface, as contract and documentation describe it.</summary>
internal sealed class GatewayApi : IDisposable
{
    private readonly HttpClient _http;

    public GatewayApi(Uri address, string? token)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(3) };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The same over the socket in the home, which also crosses the border of a network namespace.</summary>
    public GatewayApi(GatewayHome home)
    {
        var socket = Path.Combine(home.Path, "run", "bellhop.sock");
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var to = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await to.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
                return new NetworkStream(to, ownsSocket: true);
            },
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri("http://localhost"),
            Timeout = TimeSpan.FromMinutes(1),
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", home.Token);
    }

    public Uri Address => _http.BaseAddress!;

    public Task<ApiAnswer> PushAsync(string json) => PushAsync(Encoding.UTF8.GetBytes(json));

    public async Task<ApiAnswer> PushAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _http.PostAsync(new Uri("/v1/events", UriKind.Relative), content);
        return new ApiAnswer(answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<ApiAnswer> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return new ApiAnswer(answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Deliveries that are not settled yet.</summary>
    public async Task<long> UnfinishedAsync() =>
        (await GetAsync("/v1/status")).Json.GetProperty("unfinished").GetInt64();

    /// <summary>What the gateway is on a shared Redis: central, standby or unknown.</summary>
    public async Task<string?> RoleAsync() =>
        (await GetAsync("/v1/status")).Json.GetProperty("bus").GetProperty("role").GetString();

    /// <summary>The process of central's agent, while there is one.</summary>
    public async Task<int?> AgentPidAsync() =>
        (await GetAsync("/v1/status"))
            .Json.GetProperty("sessions")
            .EnumerateArray()
            .Select(s => s.GetProperty("lane"))
            .Where(lane => lane.ValueKind == JsonValueKind.Object)
            .Select(lane => lane.GetProperty("agentPid"))
            .Where(pid => pid.ValueKind == JsonValueKind.Number)
            .Select(pid => (int?)pid.GetInt32())
            .FirstOrDefault();

    /// <summary>An event's receipt; null where the gateway does not know it.</summary>
    public async Task<EventReceipt?> FindAsync(string id)
    {
        var answer = await GetAsync($"/v1/events/{Uri.EscapeDataString(id)}");
        return answer.Status == HttpStatusCode.NotFound ? null : EventReceipt.Parse(answer.Json);
    }

    /// <summary>
    /// Waits until an event's deliveries are all settled, and returns its receipt. The gateway does the waiting, once it
    /// knows the event: of a row on a terminal's own list on a Redis it hears by that terminal's first receipt.
    /// </summary>
    public async Task<EventReceipt> SettledAsync(string id, TimeSpan? atMost = null)
    {
        await Wait.Until(async () => await FindAsync(id) is not null, $"event {id} to be known");
        var patience = atMost ?? Wait.Patience;
        var answer = await GetAsync($"/v1/events/{Uri.EscapeDataString(id)}?wait={patience.TotalSeconds:0}s");
        if (answer.Status != HttpStatusCode.OK)
            throw new InvalidOperationException($"Event {id}: {answer.Text}");
        var receipt = EventReceipt.Parse(answer.Json);
        return receipt.IsSettled
            ? receipt
            : throw new TimeoutException($"Event {id} did not settle in {patience.TotalSeconds:0} s: {receipt.Text}");
    }

    public void Dispose() => _http.Dispose();
}
