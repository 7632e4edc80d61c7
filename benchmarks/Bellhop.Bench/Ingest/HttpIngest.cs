using System.Net;
using System.Net.Http.Headers;
using Bellhop.Bench.Load;
using Bellhop.Bench.Subjects;

namespace Bellhop.Bench.Ingest;

/// <summary>POST /v1/events, one event a request, on a kept connection for each producer.</summary>
internal sealed class HttpIngest(BellhopGateway gateway, int producers, TimeProvider time) : IIngest
{
    private static readonly Uri Events = new("/v1/events", UriKind.Relative);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _client = gateway.CreateClient(producers);

    public Task<Func<int, Task>> ConnectAsync(CancellationToken cancel) =>
        Task.FromResult<Func<int, Task>>(number => PostAsync(number, cancel));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await gateway.DisposeAsync();
    }

    private async Task PostAsync(int number, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(EventBody.Write(number, time));
        content.Headers.ContentType = Json;
        using var answer = await _client.PostAsync(Events, content, cancel);
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new BenchException($"POST {Events} answered {(int)answer.StatusCode}.");
    }
}
