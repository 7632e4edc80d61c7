using System.Net;
using System.Net.Http.Headers;
using Bellhop.Channels.Security;
using Bellhop.Tests.Http;
using Bellhop.Tests.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bellhop.Tests.Security;

public sealed class RequestGateTests : IAsyncLifetime
{
    private HttpGateway _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateway = await HttpGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task EveryEndpoint_WithoutToken_IsClosedOrNamedOpen()
    {
        var endpoints = _gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
        var open = new List<string>();
        foreach (var endpoint in endpoints)
        {
            var path = endpoint.RoutePattern.RawText!.Replace("{id}", "x", StringComparison.Ordinal);
            foreach (var method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                using var response = await _gateway.Stranger.SendAsync(request, Cancel);
                // Guesses run out on the way, which must not open anything either.
                if (response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests))
                    open.Add($"{method} {path}");
            }
        }
        open.ShouldBe(["GET /livez", "GET /readyz", "GET /metrics"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/")]
    [InlineData("/livez/")]
    [InlineData("/metrics/x")]
    [InlineData("/LIVEZ")]
    public async Task UnknownPath_WithoutToken_TellsNothing(string path) =>
        await _gateway.Stranger.GetAsync(path, Cancel).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "BH-4010");

    [Fact]
    public async Task OpenPath_ByPost_IsClosed() =>
        await _gateway
            .Stranger.PostAsync("/metrics", null, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "BH-4010");

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer wrong")]
    [InlineData("Basic {token}")]
    [InlineData("{token}")]
    [InlineData("Bearer {token}x")]
    [InlineData("Bearer x {token}")]
    public async Task WrongToken_IsRefused(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        request.Headers.TryAddWithoutValidation("Authorization", header.Replace("{token}", _gateway.Token));
        await _gateway.Stranger.SendAsync(request, Cancel).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "BH-4010");
    }

    [Fact]
    public async Task TwoTokens_AreRefused()
    {
        var answer = await _gateway.SendRawAsync(
            $"GET /v1/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nAuthorization: Bearer {_gateway.Token}\r\nConnection: close\r\n\r\n",
            Cancel
        );
        answer.ShouldStartWith("HTTP/1.1 401");
    }

    [Fact]
    public async Task WrongTokens_BeyondTen_Are429UntilAMinuteHasPassed()
    {
        for (var i = 0; i < WrongTokenBudget.PerMinute; i++)
            await WithTokenAsync("wrong").ShouldRefuseAsync(HttpStatusCode.Unauthorized, "BH-4010");
        await WithTokenAsync("wrong").ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "BH-4292");
        await WithTokenAsync(null).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "BH-4292");
        (await WithTokenAsync(_gateway.Token)).StatusCode.ShouldBe(HttpStatusCode.OK);

        _gateway.Time.Advance(TimeSpan.FromMinutes(1));
        await WithTokenAsync("wrong").ShouldRefuseAsync(HttpStatusCode.Unauthorized, "BH-4010");
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("localhost:1", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.8.8", true)]
    [InlineData("[::1]:3018", true)]
    [InlineData("127.evil.com", false)]
    [InlineData("localhost.evil.com", false)]
    [InlineData("evil.com", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("", false)]
    public async Task Host_BeforeToken_MustBeOurs(string host, bool allowed)
    {
        var answer = await _gateway.SendRawAsync(
            $"GET /v1/status HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {_gateway.Token}\r\nConnection: close\r\n\r\n",
            Cancel
        );
        answer.ShouldStartWith(allowed ? "HTTP/1.1 200" : "HTTP/1.1 403");
    }

    [Theory]
    [InlineData("Origin", "http://evil.com", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Origin", "http://localhost:{port}", false)]
    [InlineData("Origin", "http://127.0.0.1:1", false)]
    [InlineData("Origin", "http://127.0.0.1:{port}", true)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Sec-Fetch-Site", "none", true)]
    public async Task Browser_FromElsewhere_IsRefusedEvenWithTheToken(string name, string value, bool allowed)
    {
        foreach (var path in (string[])["/v1/status", "/livez"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add(name, value.Replace("{port}", $"{_gateway.Port}"));
            using var response = await _gateway.Http.SendAsync(request, Cancel);
            response.StatusCode.ShouldBe(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
            response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task HostAndOrigin_Configured_AreAllowed()
    {
        await using var gateway = await HttpGateway.StartAsync(o =>
            o with
            {
                AllowedHosts = () => ["box.example"],
                AllowedOrigins = ["https://box.example"],
            }
        );
        var answer = await gateway.SendRawAsync(
            $"GET /v1/status HTTP/1.1\r\nHost: BOX.example:80\r\nOrigin: https://box.example\r\nAuthorization: Bearer {gateway.Token}\r\nConnection: close\r\n\r\n",
            Cancel
        );
        answer.ShouldStartWith("HTTP/1.1 200");
    }

    [Fact]
    public async Task Socket_WithoutToken_ServesTheSame()
    {
        using var http = _gateway.OverSocket();
        (await http.GetAsync("/v1/status", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        File.GetUnixFileMode(_gateway.SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Answers_SayNothingAboutTheServer_AndAreNotKept()
    {
        using var response = await _gateway.Http.GetAsync("/v1/status", Cancel);
        response.Headers.Contains("Server").ShouldBeFalse();
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    private Task<HttpResponseMessage> WithTokenAsync(string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return _gateway.Stranger.SendAsync(request, Cancel);
    }
}
