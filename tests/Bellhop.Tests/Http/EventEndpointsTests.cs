using System.Net;
using System.Text;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Http;

public sealed class EventEndpointsTests : IAsyncLifetime
{
    private HttpGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await HttpGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Post_OneEvent_IsStoredAndNamed()
    {
        const string body = """ { "id": "a/1", "type":"download.complete","source":"script","payload":{"n":1}} """;
        using var response = await _gateway.PostAsync("/v1/events", body);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var json = await response.JsonAsync();
        var e = json.GetProperty("events")[0];
        e.GetProperty("id").GetString().ShouldBe("a/1");
        e.GetProperty("key").GetString()!.Length.ShouldBe(26);
        e.GetProperty("state").GetString().ShouldBe("accepted");
        e.GetProperty("duplicate").GetBoolean().ShouldBeFalse();
        e.GetProperty("sessions")[0].GetString().ShouldBe("gateway");
        Encoding.UTF8.GetString(_gateway.Store.Appended.ShouldHaveSingleItem().Event.Body.Span).ShouldBe(body);
    }

    [Fact]
    public async Task Post_Array_KeepsEachElementsOwnBytes()
    {
        using var response = await _gateway.PostAsync(
            "/v1/events",
            """ [ {"type":"a", "x": 1e2} , {"type":"b","payload":{"text":"]},{ \" ü"}}]  """
        );

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        _gateway
            .Store.Appended.Select(a => Encoding.UTF8.GetString(a.Event.Body.Span))
            .ShouldBe(["""{"type":"a", "x": 1e2}""", """{"type":"b","payload":{"text":"]},{ \" ü"}}"""]);
    }

    [Fact]
    public async Task Post_EmptyArray_IsAcceptedAndStoresNothing()
    {
        using var response = await _gateway.PostAsync("/v1/events", "[]");

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await response.JsonAsync()).GetProperty("events").GetArrayLength().ShouldBe(0);
        _gateway.Store.Appended.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "BH-4000", null)]
    [InlineData("hello", "BH-4000", null)]
    [InlineData("{\"type\":\"a\"", "BH-4000", null)]
    [InlineData("{\"depth\":", "BH-4000", null)]
    [InlineData("{\"type\":\"a\"} x", "BH-4000", null)]
    [InlineData("{\"type\":\"a\0\"}", "BH-4000", null)]
    [InlineData("{\"type\":\"a\\u0000\"}", "BH-4005", "type")]
    [InlineData("{\"type\":\"\\ud800\"}", "BH-4005", "type")]
    [InlineData("{\"type\":{}}", "BH-4001", "type")]
    [InlineData("{}", "BH-4001", "type")]
    [InlineData("\"text\"", "BH-4004", null)]
    [InlineData("null", "BH-4004", null)]
    [InlineData("[{\"type\":\"a\"},{\"type\":[]}]", "BH-4001", "[1].type")]
    [InlineData("[{\"type\":\"a\"},3]", "BH-4004", "[1]")]
    [InlineData("[{\"type\":\"a\"},", "BH-4000", "[1]")]
    [InlineData("[{\"type\":\"a\"}] {}", "BH-4000", "[1]")]
    public async Task Post_Unreadable_RefusesAllAndStoresNothing(string body, string code, string? field)
    {
        await _gateway.PostAsync("/v1/events", body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code, field);
        _gateway.Store.Appended.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    public async Task Post_200Levels_IsTooDeep(string before)
    {
        var deep = $"{before}{{\"type\":\"a\",\"payload\":{new string('[', 200)}{new string(']', 200)}}}";
        await _gateway
            .PostAsync("/v1/events", deep)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "BH-4002", before.Length > 0 ? "[0]" : null);
    }

    [Fact]
    public async Task Post_InvalidUtf8_IsRefused()
    {
        byte[] body = [.. "{\"type\":\"a\",\"payload\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        await _gateway.PostAsync("/v1/events", body).ShouldRefuseAsync(HttpStatusCode.BadRequest, "BH-4003");
        await _gateway
            .PostAsync("/v1/events", [(byte)'[', .. body, (byte)']'])
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "BH-4003", "[0]");
    }

    [Fact]
    public async Task Post_2MegabytesInOneEvent_IsTooLarge()
    {
        var large = $"{{\"type\":\"a\",\"payload\":\"{new string('x', 2 * 1024 * 1024)}\"}}";
        await _gateway
            .PostAsync("/v1/events", large)
            .ShouldRefuseAsync(HttpStatusCode.RequestEntityTooLarge, "BH-4131");
        await _gateway
            .PostAsync("/v1/events", $"[{{\"type\":\"a\"}},{large}]")
            .ShouldRefuseAsync(HttpStatusCode.RequestEntityTooLarge, "BH-4131", "[1]");
        _gateway.Store.Appended.ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_ExactlyTheLimit_IsTaken()
    {
        const string frame = "{\"type\":\"a\",\"payload\":\"\"}";
        var full = frame.Insert(frame.Length - 2, new string('x', EventLimits.MaxBytes - frame.Length));
        using var response = await _gateway.PostAsync("/v1/events", full);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Post_ChunkedBeyond16Megabytes_IsTooLarge()
    {
        var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes($"[{new string(' ', 17_000_000)}]")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        await _gateway.Http.SendAsync(request).ShouldRefuseAsync(HttpStatusCode.RequestEntityTooLarge, "BH-4131");
    }

    [Theory]
    [InlineData(1000, HttpStatusCode.Accepted)]
    [InlineData(1001, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Post_ArrayOfManyEvents_EndsAt1000(int count, HttpStatusCode status)
    {
        var body = $"[{string.Join(',', Enumerable.Repeat("{\"type\":\"a\"}", count))}]";
        using var response = await _gateway.PostAsync("/v1/events", body);
        response.StatusCode.ShouldBe(status);
        _gateway.Store.Appended.Count.ShouldBe(status == HttpStatusCode.Accepted ? count : 0);
    }

    [Theory]
    [InlineData(AppendRefusal.Full, HttpStatusCode.TooManyRequests, "BH-4291")]
    [InlineData(AppendRefusal.DiskFull, HttpStatusCode.InsufficientStorage, "BH-5071")]
    public async Task Post_StoreRefuses_SaysSo(AppendRefusal refusal, HttpStatusCode status, string code)
    {
        _gateway.Store.Refusal = refusal;
        await _gateway.PostAsync("/v1/events", "[{\"type\":\"a\"}]").ShouldRefuseAsync(status, code);
    }

    [Fact]
    public async Task PostMessage_Text_BecomesAPersonsEvent()
    {
        using var response = await _gateway.PostAsync(
            "/v1/messages",
            """{"text":"Grüße \ud83d\udd14","session":"pid-7","thread":"t1"}"""
        );

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var stored = _gateway.Store.Appended.ShouldHaveSingleItem();
        (await response.JsonAsync()).GetProperty("id").GetString().ShouldBe(stored.Event.Id);
        stored.Event.Kind.ShouldBe(EventKind.Person);
        stored.Event.Type.ShouldBe("message");
        stored.Event.Source.ShouldBe("http");
        stored.Targets.ShouldHaveSingleItem().Session.Value.ShouldBe("pid-7");
        Encoding.UTF8.GetString(stored.Event.Body.Span).ShouldContain("Grüße");
    }

    [Theory]
    [InlineData("{}", "BH-4001", "text")]
    [InlineData("{\"text\":\"  \"}", "BH-4001", "text")]
    [InlineData("{\"text\":1}", "BH-4001", "text")]
    [InlineData("{\"text\":\"a\",\"session\":\"../x/y\"}", "BH-4001", "session")]
    [InlineData("{\"text\":\"\\ud800\"}", "BH-4001", "text")]
    [InlineData("null", "BH-4004", null)]
    [InlineData("[]", "BH-4004", null)]
    [InlineData("{\"text\":", "BH-4000", null)]
    public async Task PostMessage_Unreadable_IsRefused(string body, string code, string? field) =>
        await _gateway.PostAsync("/v1/messages", body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code, field);

    [Fact]
    public async Task Metrics_AfterEvents_CountThemByOutcome()
    {
        (await _gateway.PostAsync("/v1/events", "[{\"type\":\"a\"},{\"type\":\"b\"}]")).Dispose();
        (await _gateway.PostAsync("/v1/events", "{}")).Dispose();

        var text = await _gateway.Stranger.GetStringAsync("/metrics");
        text.ShouldContain("bellhop_events_total{door=\"http\",outcome=\"accepted\"} 2\n");
        text.ShouldContain("bellhop_events_total{door=\"http\",outcome=\"refused\"} 1\n");
        text.ShouldContain("bellhop_http_requests_total{status=\"202\"} 1\n");
        text.ShouldContain("# TYPE bellhop_unfinished gauge\nbellhop_unfinished 0\n");
    }
}
