using System.Net;
using System.Text;
using System.Text.Json;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Http;

public sealed class ReceiptEndpointsTests : IAsyncLifetime
{
    private HttpGateway _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateway = await HttpGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Get_KnownEvent_ShowsItsReceipt()
    {
        await PushAsync(
            """{"id":"a","type":"t","source":"s","payload":{"n": 12345678901234567890},"ts":1771372800000}"""
        );
        _gateway.Store.Move("a", DeliveryState.Completed, _gateway.Time.GetUtcNow(), "well");

        var json = await GetAsync("/v1/events/a");
        var e = json.GetProperty("event");
        e.GetProperty("ts").GetString().ShouldBe("2026-02-18T00:00:00.000Z");
        e.GetProperty("arrivedAt").GetString().ShouldBe("2026-03-01T12:00:00.000Z");
        e.GetProperty("kind").GetString().ShouldBe("machine");
        e.GetProperty("origin").ValueKind.ShouldBe(JsonValueKind.Null);
        e.GetProperty("payload").GetRawText().ShouldBe("""{"n":12345678901234567890}""");
        json.GetProperty("others").GetInt32().ShouldBe(0);
        json.GetProperty("settled").GetBoolean().ShouldBeTrue();
        var delivery = json.GetProperty("deliveries")[0];
        delivery.GetProperty("session").GetString().ShouldBe("gateway");
        delivery.GetProperty("state").GetString().ShouldBe("completed");
        delivery.GetProperty("replies").GetArrayLength().ShouldBe(0);
        var last = delivery.GetProperty("history").EnumerateArray().Last();
        last.GetProperty("note").GetString().ShouldBe("well");
        last.GetProperty("at").GetString().ShouldBe("2026-03-01T12:00:00.000Z");
    }

    [Fact]
    public async Task Get_ByKey_FindsTheSame()
    {
        var key = await PushAsync("""{"id":"a","type":"t"}""");
        (await GetAsync($"/v1/events/{key}")).GetProperty("event").GetProperty("id").GetString().ShouldBe("a");
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("a b?c#d")]
    [InlineData("ü/%/+")]
    public async Task Get_IdThatNeedsEscapes_IsDecodedOnce(string id)
    {
        await PushAsync(JsonSerializer.Serialize(new { id, type = "t" }));
        var json = await GetAsync($"/v1/events/{Uri.EscapeDataString(id)}");
        json.GetProperty("event").GetProperty("id").GetString().ShouldBe(id);
    }

    [Theory]
    [InlineData("{\"type\":\"t\",\"id\":\"a\",\"payload\":\"\\ud800\"}", "\"\\ud800\"")]
    [InlineData("{\"type\":\"t\",\"id\":\"a\",\"payload\":[ 1, \"\\\" ,\\\\\" ]}", "[1,\"\\\" ,\\\\\"]")]
    [InlineData("{\"type\":\"t\",\"id\":\"a\"}", "null")]
    public async Task Get_OddPayload_PassesAsWritten(string body, string payload)
    {
        await PushAsync(body);
        (await GetAsync("/v1/events/a")).GetProperty("event").GetProperty("payload").GetRawText().ShouldBe(payload);
    }

    [Fact]
    public async Task Get_64Levels_StillFitsIntoTheReceipt()
    {
        await PushAsync($"{{\"type\":\"t\",\"id\":\"a\",\"payload\":{new string('[', 63)}{new string(']', 63)}}}");
        var json = await GetAsync("/v1/events/a");
        json.GetProperty("event").GetProperty("payload").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Get_QuarantinedBytes_ShowsThemAll()
    {
        var e = new EventReader(_gateway.Time, new UlidFactory(_gateway.Time)).Unreadable(
            new byte[] { 0xff, 0xfe },
            new EventDefaults()
        );
        _gateway.Store.Put(new Receipt(e, [], 0));
        var unreadable = (await GetAsync($"/v1/events/{e.Key}")).GetProperty("event").GetProperty("unreadable");
        unreadable.GetProperty("encoding").GetString().ShouldBe("base64");
        Convert.FromBase64String(unreadable.GetProperty("text").GetString()!).ShouldBe([0xff, 0xfe]);
    }

    [Fact]
    public async Task Get_UnknownId_Is404() =>
        await _gateway.Http.GetAsync("/v1/events/nobody", Cancel).ShouldRefuseAsync(HttpStatusCode.NotFound, "BH-4040");

    [Fact]
    public async Task Get_WithWait_AnswersAtTheLastMove()
    {
        await PushAsync("""{"id":"a","type":"t"}""");
        var waiting = _gateway.Http.GetAsync("/v1/events/a?wait=30s", Cancel);
        await _gateway.Store.SomebodyWatchesAsync(Cancel);
        _gateway.Store.Move("a", DeliveryState.Injecting, _gateway.Time.GetUtcNow());
        waiting.IsCompleted.ShouldBeFalse();
        _gateway.Store.Move("a", DeliveryState.Completed, _gateway.Time.GetUtcNow());

        using var response = await waiting;
        (await response.JsonAsync()).GetProperty("settled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Get_WithWaitThatRunsOut_AnswersAsItStands()
    {
        await PushAsync("""{"id":"a","type":"t"}""");
        var waiting = _gateway.Http.GetAsync("/v1/events/a?wait=30s", Cancel);
        await _gateway.Store.SomebodyWatchesAsync(Cancel);
        _gateway.Time.Advance(TimeSpan.FromSeconds(31));

        using var response = await waiting;
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.JsonAsync()).GetProperty("settled").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Get_WithWaitWhenTheReaderFallsBehind_LooksAgain()
    {
        await PushAsync("""{"id":"a","type":"t"}""");
        var waiting = _gateway.Http.GetAsync("/v1/events/a?wait=30s", Cancel);
        await _gateway.Store.SomebodyWatchesAsync(Cancel);
        _gateway.Store.EndWatchers(new StoreException("behind"));
        await _gateway.Store.SomebodyWatchesAsync(Cancel);
        _gateway.Store.Move("a", DeliveryState.Dead, _gateway.Time.GetUtcNow());

        using var response = await waiting;
        (await response.JsonAsync()).GetProperty("settled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Get_WithWaitWhileStopping_AnswersAtOnce()
    {
        await PushAsync("""{"id":"a","type":"t"}""");
        var waiting = _gateway.Http.GetAsync("/v1/events/a?wait=5m", Cancel);
        await _gateway.Store.SomebodyWatchesAsync(Cancel);
        await _gateway.StopAsync();

        using var response = await waiting;
        (await response.JsonAsync()).GetProperty("settled").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task List_Filters_ReachTheStore()
    {
        using var response = await _gateway.Http.GetAsync(
            "/v1/events?state=dead&session=main&after=7&limit=3&dismissed=false",
            Cancel
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        _gateway
            .Store.Queries.ShouldHaveSingleItem()
            .ShouldBe(
                new DeliveryQuery
                {
                    State = DeliveryState.Dead,
                    Session = SessionId.Gateway,
                    Before = 7,
                    Limit = 3,
                    HideDismissed = true,
                }
            );
    }

    [Fact]
    public async Task List_FullPage_NamesTheNext()
    {
        await PushAsync("""{"id":"a","type":"t"}""");
        var e = _gateway.Store.Appended[0].Event;
        _gateway.Store.Rows =
        [
            .. Enumerable
                .Range(1, 3)
                .Select(n => new DeliverySummary(
                    9 - n,
                    e,
                    SessionId.Gateway,
                    DeliveryState.Queued,
                    0,
                    null,
                    e.ArrivedAt
                )),
        ];

        var page = await GetAsync("/v1/events?limit=2");
        page.GetProperty("events").GetArrayLength().ShouldBe(2);
        page.GetProperty("events")[0].GetProperty("state").GetString().ShouldBe("queued");
        page.GetProperty("next").GetInt64().ShouldBe(7);
        (await GetAsync("/v1/events?limit=4")).GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("/v1/events?state=lost")]
    [InlineData("/v1/events?session=a%20b")]
    [InlineData("/v1/events?after=-1")]
    [InlineData("/v1/events?limit=0")]
    [InlineData("/v1/events?limit=1001")]
    [InlineData("/v1/events?follow=maybe")]
    public async Task List_BadParameter_IsRefused(string path) =>
        await _gateway.Http.GetAsync(path, Cancel).ShouldRefuseAsync(HttpStatusCode.BadRequest, "BH-4006");

    [Theory]
    [InlineData("abc")]
    [InlineData("30")]
    [InlineData("-3s")]
    [InlineData("99999999999999999999s")]
    public async Task Get_BadWait_IsRefused(string wait) =>
        await _gateway
            .Http.GetAsync($"/v1/events/a?wait={wait}", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "BH-4006", "wait");

    [Fact]
    public async Task Follow_Moves_AreLines()
    {
        using var response = await _gateway.Http.GetAsync(
            "/v1/events?follow=true&state=completed",
            HttpCompletionOption.ResponseHeadersRead,
            Cancel
        );
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel), Encoding.UTF8);

        await PushAsync("""{"id":"a","type":"t"}""");
        _gateway.Store.Move("a", DeliveryState.Completed, _gateway.Time.GetUtcNow(), "done");
        var move = JsonElement.Parse((await lines.ReadLineAsync(Cancel))!);
        move.GetProperty("id").GetString().ShouldBe("a");
        move.GetProperty("state").GetString().ShouldBe("completed");
        move.GetProperty("note").GetString().ShouldBe("done");
    }

    [Fact]
    public async Task Follow_ReaderBehind_IsToldInTheLastLine()
    {
        using var response = await _gateway.Http.GetAsync(
            "/v1/events?follow=true",
            HttpCompletionOption.ResponseHeadersRead,
            Cancel
        );
        _gateway.Store.EndWatchers(new StoreException("behind"));
        var text = await response.Content.ReadAsStringAsync(Cancel);
        JsonElement.Parse(text).GetProperty("error").GetProperty("code").GetString().ShouldBe("BH-5032");
    }

    [Fact]
    public async Task Follow_WhileStopping_EndsInOrder()
    {
        using var response = await _gateway.Http.GetAsync(
            "/v1/events?follow=true",
            HttpCompletionOption.ResponseHeadersRead,
            Cancel
        );
        await _gateway.StopAsync();
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe("");
    }

    [Fact]
    public async Task Replay_DeadDelivery_NamesItsSessions()
    {
        _gateway.Store.OnReplay = (id, session) =>
            id == "a/b" && session!.Value.Value == "pid-1" ? [session.Value] : null;
        using var response = await _gateway.PostAsync("/v1/events/a%2Fb/replay?session=pid-1", "");
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var json = await response.JsonAsync();
        json.GetProperty("id").GetString().ShouldBe("a/b");
        json.GetProperty("sessions")[0].GetString().ShouldBe("pid-1");
    }

    [Fact]
    public async Task Replay_NothingDead_Is409()
    {
        _gateway.Store.OnReplay = (_, _) => [];
        await _gateway.PostAsync("/v1/events/a/replay", "").ShouldRefuseAsync(HttpStatusCode.Conflict, "BH-4091");
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("dismiss")]
    public async Task Action_UnknownEvent_Is404(string action) =>
        await _gateway.PostAsync($"/v1/events/x/{action}", "").ShouldRefuseAsync(HttpStatusCode.NotFound, "BH-4040");

    [Fact]
    public async Task Dismiss_DeadLetters_SaysHowMany()
    {
        await PushAsync("""{"id":"a","type":"t"}""");
        using var response = await _gateway.PostAsync("/v1/events/a/dismiss", "");
        (await response.JsonAsync()).GetProperty("dismissed").GetInt32().ShouldBe(1);
    }

    private async Task<string> PushAsync(string body)
    {
        using var response = await _gateway.PostAsync("/v1/events", body);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return (await response.JsonAsync()).GetProperty("events")[0].GetProperty("key").GetString()!;
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _gateway.Http.GetAsync(path, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.JsonAsync();
    }
}
