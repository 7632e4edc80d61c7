using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary>The gateway said no.</summary>
internal sealed class RefusedException(HttpStatusCode status, FaultDto fault)
    : BellhopException($"{fault.Code}: {fault.Message}")
{
    public HttpStatusCode Status { get; } = status;

    public FaultDto Fault { get; } = fault;
}

/// <summary>Nobody answers behind the socket.</summary>
internal sealed class NotRunningException(Exception? inner = null)
    : BellhopException("Bellhop is not running: start it with 'bellhop up'.", inner);

/// <summary>The gateway of this home, by its Unix socket: the way in that needs no token and no port.</summary>
internal sealed class GatewayClient : IDisposable
{
    /// <summary>An answer that takes longer than this is none; the gateway answers reads in milliseconds and writes after one sync.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    public GatewayClient(Home home)
    {
        var socket = home.Socket;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, cancel) => ConnectAsync(socket, cancel),
            UseProxy = false,
            UseCookies = false,
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://localhost"), Timeout = AnswerTimeout };
    }

    /// <summary>Reads one object.</summary>
    public Task<Answer> GetAsync(string path, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, path, null, cancel);

    /// <summary>Changes something.</summary>
    public Task<Answer> PostAsync(string path, ReadOnlyMemory<byte> json, CancellationToken cancel)
    {
        var content = new ReadOnlyMemoryContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return SendAsync(HttpMethod.Post, path, content, cancel);
    }

    /// <summary>Reads an endless answer line by line.</summary>
    public async IAsyncEnumerable<string> LinesAsync(
        string path,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        using var response = await RequestAsync(HttpMethod.Get, path, null, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        using var reader = new StreamReader(body);
        while (await ReadLineAsync(reader, cancel) is { } line)
        {
            if (line.Length > 0)
                yield return line;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        using var response = await RequestAsync(method, path, content, cancel);
        return new Answer(await ReadAsync(response, cancel));
    }

    private async Task<HttpResponseMessage> RequestAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancel
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw new RefusedException(response.StatusCode, FaultOf(response, await ReadAsync(response, cancel)));
        }
        catch (HttpRequestException e)
        {
            throw new NotRunningException(e);
        }
        catch (TaskCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new NotAnsweringException(AnswerTimeout, e);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            return await response.Content.ReadAsByteArrayAsync(cancel);
        }
        catch (HttpRequestException e)
        {
            throw new NotRunningException(e); // it went away in the middle of the answer
        }
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadLineAsync(cancel);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null; // the gateway stopped: the stream is over
        }
    }

    private static FaultDto FaultOf(HttpResponseMessage response, byte[] body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, BellhopJson.Default.ErrorDto)?.Error is { } fault)
                return fault;
        }
        catch (JsonException)
        {
            // Not our words: the status says what there is to say.
        }
        return new FaultDto($"HTTP {(int)response.StatusCode}", response.ReasonPhrase ?? "refused");
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The process lives but does not answer.</summary>
internal sealed class NotAnsweringException(TimeSpan waited, Exception inner)
    : BellhopException(
        $"Bellhop has not answered for {waited.TotalSeconds:0} s. Look at 'bellhop logs', then restart it.",
        inner
    );

/// <summary>A good answer: its bytes for scripts, its objects for people.</summary>
internal sealed class Answer(byte[] bytes)
{
    /// <summary>The object as the API wrote it.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(bytes);

    /// <summary>The object.</summary>
    public T Read<T>(JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("The gateway answered null.");

    /// <summary>The items of a list in the object, each as the API wrote it.</summary>
    public IEnumerable<string> Items(string list)
    {
        using var document = JsonDocument.Parse(bytes);
        return [.. document.RootElement.GetProperty(list).EnumerateArray().Select(i => i.GetRawText())];
    }
}
