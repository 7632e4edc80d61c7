using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>Events on a real Redis reach a real pi of both generations that has the extension.</summary>
public sealed class ArrivalTests(FakeModel model) : IClassFixture<FakeModel>
{
    private const string TestEvent = """{"id":"test","type":"test","source":"manual","payload":{},"ts":0}""";

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Event_IdleTerminal_ReadsAsAUserMessageAndIsAcknowledged(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(generation);

        await person.PushAsync("main", TestEvent);

        var told = PiRpc.ToldOf(await pi.IsToldAsync("test"))!.Split('\n');
        told[0].ShouldStartWith("## 🔔 1 event(s) — 20");
        told[2].ShouldMatch(@"^- \*\*\[\d\d:\d\d:\d\d\] test\*\* \(manual\)$");
        told[4].ShouldBe("Take action if needed, otherwise acknowledge briefly.");
        told[^1].ShouldMatch(@"^\[bellhop-turn:[0-9A-HJKMNP-TV-Z]{26}\]$");
        (await person.EndOfAsync("test"))["state"]!.ToString().ShouldBe("completed");
        (await person.ReceiptsAsync()).Select(r => (string?)r["state"]).ShouldBe(["injected", "completed"]);
        await person.NothingInHandAsync("gateway");
        await person.NothingInHandAsync("main");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Event_WhileBusy_FollowsTheRun(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(generation);
        await pi.AskAsync(
            new JsonObject { ["type"] = "prompt", ["message"] = "a long one [[delay:1500]] [[reply:first done]]" }
        );

        await person.PushAsync("gateway", """{"id":"late","type":"while.busy","source":"s","payload":{}}""");

        await pi.IsToldAsync("while.busy");
        pi.Seen.ShouldContain(r => r.ToJsonString().Contains("first done"), "the event broke into the run");
        (await person.EndOfAsync("late"))["state"]!.ToString().ShouldBe("completed");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Events_ManyAtOnce_ArriveInOrderOnceEach(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(generation);

        for (var i = 1; i <= 20; i++)
            await person.PushAsync("main", Numbered(i));
        await person.EndOfAsync("e20");
        await Wait.Until(async () => (await person.ReceiptsAsync()).Count == 40, "all receipts");

        var order = UserMessages(Path.GetDirectoryName(person.SessionFile)!);
        order
            .Select(text => text.Split("] ")[1].Split(' ')[0])
            .ShouldBe(Enumerable.Range(1, 20).Select(i => $"t.{i}**"));
        await person.NothingInHandAsync("gateway");
        pi.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Event_UnreadableRow_IsPutAwayWithItsTextAndTheNextOneArrives()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(New);

        await person.PushAsync("gateway", "this is no event");
        await person.PushAsync("gateway", TestEvent);

        await pi.IsToldAsync("test");
        var dead = (await person.ReceiptsAsync())[0];
        ((string?)dead["state"], (string?)dead["event"]).ShouldBe(("dead", "this is no event"));
    }

    [Fact]
    public async Task Event_ModelFails_IsTakenUpAgainWithoutRepeatingIt()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(New);

        await person.PushAsync(
            "gateway",
            """{"id":"f","type":"will.fail","source":"s","payload":{"x":"[[status:400]]"}}"""
        );
        await pi.IsToldAsync("will.fail");
        await pi.IsToldAsync("goes on");

        (await person.EndOfAsync("f"))["state"]!.ToString().ShouldBe("completed");
        person.TimesTold("will.fail").ShouldBe(1);
    }

    [Fact]
    public async Task Shell_OfThatTerminal_KnowsItsSession()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(New, ("GATEWAY_ROLE", "satellite"));

        var answer = await pi.AskAsync(new JsonObject { ["type"] = "bash", ["command"] = "echo =$BELLHOP_SESSION=" });

        answer["data"]!["output"]!.ToString().ShouldContain($"=pid-{pi.Pid}=");
    }

    private static string Numbered(int i) => $$$"""{"id":"e{{{i}}}","type":"t.{{{i}}}","source":"s","payload":{}}""";
}
