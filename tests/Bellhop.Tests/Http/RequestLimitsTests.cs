using System.Net;
using System.Text;
using Bellhop.Channels.Http;
using Bellhop.Redis.Listener;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Http;

public sealed class RequestLimitsTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The Redis door says why it refuses; Kestrel would close without a word.</summary>
    [Fact]
    public void MaxConnections_OfTheServer_LeaveTheRedisDoorRoomToRefuse() =>
        new HttpChannelOptions { TokenFile = "" }.MaxConnections.ShouldBeGreaterThan(ListenerLimits.MaxConnections);

    [Fact(Timeout = 30_000)]
    public async Task HalfTheHeaders_ThenSilence_IsClosed()
    {
        await using var gateway = await HttpGateway.StartAsync(o => o with { HalfRequestTimeout = Short });
        var answer = await gateway.SendRawAsync("POST /v1/events HTTP/1.1\r\nHost: local", Cancel);
        answer.ShouldStartWith("HTTP/1.1 408");
    }

    [Fact(Timeout = 30_000)]
    public async Task HalfTheBody_ThenSilence_IsRefusedAndClosed()
    {
        await using var gateway = await HttpGateway.StartAsync(o => o with { HalfRequestTimeout = Short });
        var answer = await gateway.SendRawAsync(Post(gateway, 1000) + "{\"type\":", Cancel);
        answer.ShouldStartWith("HTTP/1.1 408");
        answer.ShouldContain("BH-4080");
        gateway.Store.Appended.ShouldBeEmpty();
    }

    [Fact(Timeout = 30_000)]
    public async Task SlowBody_BelowTheRate_IsClosed()
    {
        await using var gateway = await HttpGateway.StartAsync(o => o with { HalfRequestTimeout = Short });
        await using var wire = await gateway.ConnectAsync();
        await wire.WriteAsync(Encoding.ASCII.GetBytes(Post(gateway, 100_000)), Cancel);
        using var dripping = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var drip = DripAsync(wire, dripping.Token);
        using var reader = new StreamReader(wire);
        (await reader.ReadLineAsync(Cancel)).ShouldBe("HTTP/1.1 408 Request Timeout");
        await dripping.CancelAsync();
        await drip;
    }

    [Fact(Timeout = 30_000)]
    public async Task HugeHeaders_AreRefused()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var answer = await gateway.SendRawAsync(
            $"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 20_000)}\r\n\r\n",
            Cancel
        );
        answer.ShouldStartWith("HTTP/1.1 431");
    }

    [Fact(Timeout = 30_000)]
    public async Task Unauthenticated_LargeBody_IsRefusedUnread()
    {
        await using var gateway = await HttpGateway.StartAsync();
        await using var wire = await gateway.ConnectAsync();
        // Not one byte of the announced body is sent: an answer proves that nobody waited for it.
        await wire.WriteAsync(
            "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15000000\r\n\r\n"u8.ToArray(),
            Cancel
        );
        using var reader = new StreamReader(wire);
        (await reader.ReadLineAsync(Cancel)).ShouldBe("HTTP/1.1 401 Unauthorized");
        var headers = new List<string>();
        while (await reader.ReadLineAsync(Cancel) is { Length: > 0 } header)
            headers.Add(header);
        headers.ShouldContain("Connection: close");
    }

    [Fact(Timeout = 30_000)]
    public async Task AnnouncedBeyond16Megabytes_IsRefusedUnread()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var answer = await gateway.SendRawAsync(Post(gateway, 17_000_000), Cancel);
        answer.ShouldStartWith("HTTP/1.1 413");
        answer.ShouldContain("BH-4131");
    }

    [Fact(Timeout = 30_000)]
    public async Task BodiesBeyondTheAllowance_AreRefusedUntilOthersEnd()
    {
        await using var gateway = await HttpGateway.StartAsync(o => o with { MaxBodyBytes = 10_000 });
        var large = $"{{\"type\":\"a\",\"payload\":\"{new string('x', 20_000)}\"}}";
        await gateway.PostAsync("/v1/events", large).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "BH-4293");
        (await gateway.PostAsync("/v1/events", "{\"type\":\"a\"}")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await gateway.PostAsync("/v1/events", "{\"type\":\"a\"}")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact(Timeout = 30_000)]
    public async Task WaitingRequests_BeyondTheLimit_AreRefused()
    {
        await using var gateway = await HttpGateway.StartAsync(o => o with { MaxWaiting = 1 });
        using (
            var following = await gateway.Http.GetAsync(
                "/v1/events?follow=true",
                HttpCompletionOption.ResponseHeadersRead,
                Cancel
            )
        )
        {
            following.StatusCode.ShouldBe(HttpStatusCode.OK);
            await gateway
                .Http.GetAsync("/v1/events/a?wait=1s", Cancel)
                .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "BH-4293");
        }
    }

    private static string Post(HttpGateway gateway, int length) =>
        $"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {gateway.Token}\r\nContent-Length: {length}\r\n\r\n";

    private static async Task DripAsync(Stream wire, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
                await wire.WriteAsync("x"u8.ToArray(), cancel);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return;
        }
    }
}
