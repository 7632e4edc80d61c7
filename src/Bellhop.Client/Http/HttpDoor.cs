using System.Net;
using System.Net.Http.Headers;

namespace Bellhop.Client.Http;

/// <summary>Bellhop's HTTP interface: by an address and a token, or in the home of this user.</summary>
internal sealed class HttpDoor : IDoor
{
    /// <summary>Where an attempt may take for ever: what lies between us and Bellhop may not like silence.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http;
    private readonly GatewayHome? _home;
    private readonly string? _token;

    public HttpDoor(BellhopClientOptions options)
    {
        var handler = new SocketsHttpHandler { UseCookies = false };
        if (options.Url is null)
        {
            _home = new GatewayHome(options.Home);
            handler.UseProxy = false;
            handler.ConnectCallback = (_, cancel) => _home.ConnectAsync(cancel);
        }
        _token = options.Token;
        // The options' own timeout bounds an attempt.
        _http = new HttpClient(handler)
        {
            BaseAddress = Folder(options.Url ?? new Uri("http://localhost")),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Unavailable = _home is null
            ? $"Bellhop does not answer at {options.Url}. Start it there with 'bellhop up', or mend BellhopClientOptions.Url."
            : $"Bellhop is not running in {_home.Folder}. Start it with 'bellhop up', or give BellhopClientOptions.Redis to push to a Redis without it.";
    }

    public string Unavailable { get; }

    public async Task<Attempt<PushReceipt>> PushAsync(OutgoingEvent e, CancellationToken cancel)
    {
        var content = new ByteArrayContent(e.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var (answer, trouble) = await SendAsync(HttpMethod.Post, "v1/events", content, cancel);
        if (answer is null)
            return trouble!;
        return Answers.TryRead(answer, Answers.Receipt) is { } receipt ? receipt : NotBellhop();
    }

    /// <summary>How an event stands, once it is settled or the patience is over. Unknown where Bellhop has it not.</summary>
    public async Task<Attempt<Found>> FindAsync(
        string keyOrId,
        TimeSpan patience,
        TimeSpan timeout,
        CancellationToken cancel
    )
    {
        // Half of an attempt's time, so that Bellhop answers before we stop listening.
        var most = timeout == Timeout.InfiniteTimeSpan ? LongestWait : timeout / 2;
        var wait = Math.Clamp(patience.TotalMilliseconds, 0, most.TotalMilliseconds);
        var path = $"v1/events/{Uri.EscapeDataString(keyOrId)}?wait={(long)wait}ms";
        var (answer, trouble) = await SendAsync(HttpMethod.Get, path, null, cancel);
        if (answer is not null)
            return Answers.TryRead(answer, Answers.Outcome) is { } outcome ? new Found(outcome) : NotBellhop();
        return trouble!.Code == "BH-4040" ? new Found(null) : trouble;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Attempt<byte[]>> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancel
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        // The home's token stays in the home: it is sent to what listens there and to no other address.
        if ((_token ?? _home?.Token) is { Length: > 0 } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await _http.SendAsync(request, cancel);
            var body = await response.Content.ReadAsByteArrayAsync(cancel);
            return response.IsSuccessStatusCode ? body : Refusal(response, body);
        }
        catch (HttpRequestException e)
        {
            return Trouble.NoAnswer(e);
        }
    }

    /// <summary>Paths are appended to it, where a proxy serves Bellhop under a path of its own.</summary>
    private static Uri Folder(Uri url) => url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");

    private static Trouble NotBellhop() =>
        new("PROTOCOL", "What answers there is not Bellhop. Mend BellhopClientOptions.Url.", CanRetry: false);

    private static Trouble Refusal(HttpResponseMessage response, byte[] body)
    {
        var (code, message) =
            Answers.Fault(body) ?? new Fault($"HTTP {(int)response.StatusCode}", response.ReasonPhrase ?? "");
        var isBusy = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
        return new Trouble(code, message, CanRetry: isBusy) { RetryAfter = response.Headers.RetryAfter?.Delta };
    }
}

/// <summary>What Bellhop knows of an event; null where it knows nothing.</summary>
internal sealed record Found(EventOutcome? Outcome);
