using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>The bus goes and comes; pi and its person hardly notice.</summary>
public sealed class BusLossTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task NoRedisAtStart_OneWarning_JoinsLaterByItself(string generation)
    {
        using var redis = PersistentRedis.Down();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = person.StartRpc(generation);
        await pi.SaysAsync("the mark of an absent bus", r => TerminalFixture.StatusOf(r) == "🔌 bus away · gateway");
        var warning = await pi.SaysAsync("a warning", r => (string?)r["method"] == "notify");
        warning["message"]!.ToString().ShouldStartWith("Gateway extension running without Redis: ");
        warning["notifyType"]!.ToString().ShouldBe("warning");
        // The person goes on meanwhile.
        await pi.AskAsync(new JsonObject { ["type"] = "prompt", ["message"] = "hello" });
        await pi.IsAnsweredAsync();

        await redis.StartAgainAsync();

        await pi.SaysAsync("the mark of a bus", r => TerminalFixture.StatusOf(r) == "🔗 connected · gateway");
        await person.PushAsync("main", """{"id":"l","type":"later","source":"s","payload":{}}""");
        await person.EndOfAsync("l");
        await pi.IsToldAsync("later");
        pi.Seen.Count(r => (string?)r["method"] == "notify").ShouldBe(1);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task RedisKilledAgainAndAgain_NothingLostNothingTwice(string generation)
    {
        const int events = 30;
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(generation);

        for (var i = 1; i <= events; i++)
        {
            await person.PushAsync("main", Numbered(i));
            if (i % 10 != 5)
                continue;
            redis.Kill();
            await pi.SaysAsync("that the bus is away", r => TerminalFixture.StatusOf(r)?.StartsWith("🔌") == true);
            await redis.StartAgainAsync();
        }
        await person.EndOfAsync($"e{events}");

        for (var i = 1; i <= events; i++)
            person.TimesTold($"t.{i}**").ShouldBe(1, $"event {i}");
        await person.NothingInHandAsync("gateway");
        await person.NothingInHandAsync("main");
        pi.HasExited.ShouldBeFalse();
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task RedisRestartsDuringATurn_TheTurnIsAcknowledgedAfterwards(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(generation);
        await person.PushAsync("main", """{"id":"d","type":"during","source":"s","payload":{"x":"[[delay:1500]]"}}""");
        await pi.IsToldAsync("during");

        redis.Kill();
        await pi.IsAnsweredAsync();
        await redis.StartAgainAsync();

        (await person.EndOfAsync("d"))["state"]!.ToString().ShouldBe("completed");
        person.TimesTold("during").ShouldBe(1);
        await person.NothingInHandAsync("gateway");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task NewSession_EventsBeforeAndAfter_EachIsToldOnce(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(generation);
        await person.PushAsync("main", """{"id":"b","type":"before.it","source":"s","payload":{}}""");
        await person.EndOfAsync("b");

        await pi.AskAsync(new JsonObject { ["type"] = "new_session" });
        await person.PushAsync(
            "main",
            """{"id":"a","type":"after.it","source":"s","payload":{"x":"[[delay:60000]]"}}"""
        );
        await pi.IsToldAsync("after.it");
        await pi.AskAsync(new JsonObject { ["type"] = "new_session" });

        var end = await person.EndOfAsync("a");
        end["note"]!.ToString().ShouldMatch("aborted|replaced");
        await person.PushAsync("main", """{"id":"t","type":"third","source":"s","payload":{}}""");
        await person.EndOfAsync("t");
        foreach (var type in (string[])["before.it", "after.it", "third"])
            pi.Told.Count(text => text.Contains(type)).ShouldBeLessThanOrEqualTo(1);
        pi.Seen.ShouldNotContain(r => (string?)r["type"] == "extension_error");
        (await person.BusAsync("PUBSUB", "NUMSUB", "agent:notify:gateway")).ShouldBe(["agent:notify:gateway", "1"]);
    }

    private static string Numbered(int i) =>
        $$$"""{"id":"e{{{i}}}","type":"t.{{{i}}}","source":"s","payload":{"x":"[[delay:60]]"}}""";
}
