using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>pi dies with an event in hand and is started again on its transcript.</summary>
public sealed class CrashTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Kill_InTheTurn_GoesOnAndRepeatsNoEvent(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var first = await person.StartRpcAsync(generation);
        await AnswerOnceAsync(first); // 0.73 writes its file with the first answer
        await person.PushAsync(
            "main",
            """{"id":"k","type":"in.hand","source":"s","payload":{"x":"[[delay:60000]]"}}"""
        );
        await first.IsToldAsync("in.hand");
        await Wait.Until(async () => (await person.ReceiptsAsync()).Count == 1, "the receipt of its being taken");
        await Wait.Until(() => Task.FromResult(person.TimesTold("in.hand") == 1), "the transcript");
        first.Kill();

        // Its lease has not ended; the process has.
        var second = await person.StartRpcAsync(generation);

        await second.IsToldAsync("goes on");
        (await person.EndOfAsync("k"))["state"]!.ToString().ShouldBe("completed");
        person.TimesTold("in.hand").ShouldBe(1);
        await person.NothingInHandAsync("gateway");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Kill_BeforeThePromptWasSent_TellsItOnce(string generation)
    {
        const string row = """{"id":"k","type":"in.hand","source":"s","payload":{}}""";
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        // As a terminal leaves it that ended between its claim and its prompt.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(row)));
        await person.BusAsync("LPUSH", "agent:claims:gateway", row);
        await person.BusAsync(
            "SET",
            "agent:claim:gateway",
            $$"""{"turn":"01ARZ3NDEKTSV4RRFFQ69G5FAV","row":"{{hash}}"}"""
        );
        await person.BusAsync(
            "LPUSH",
            "agent:events:gateway",
            """{"id":"n","type":"next.one","source":"s","payload":{}}"""
        );

        var pi = await person.StartRpcAsync(generation);

        await person.EndOfAsync("n");
        person.TimesTold("in.hand").ShouldBe(1);
        UserMessages(Path.GetDirectoryName(person.SessionFile)!)[0].ShouldContain("in.hand");
        await person.NothingInHandAsync("gateway");
        pi.HasExited.ShouldBeFalse();
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Kill_AnsweredButNotAcknowledged_TellsNothingAndAcknowledges(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var first = await person.StartRpcAsync(generation);
        const string row = """{"id":"k","type":"in.hand","source":"s","payload":{}}""";
        await person.PushAsync("main", row);
        var receipt = await person.EndOfAsync("k");
        first.Kill();
        // As if it had died a moment earlier.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(row)));
        await person.BusAsync("LPUSH", "agent:claims:gateway", row);
        await person.BusAsync("SET", "agent:claim:gateway", $$"""{"turn":"{{receipt["turn"]}}","row":"{{hash}}"}""");
        await person.BusAsync("DEL", "agent:receipts");

        await person.StartRpcAsync(generation);

        var end = await person.EndOfAsync("k");
        ((string?)end["state"], (string?)end["note"]).ShouldBe(("completed", "answered before the terminal ended"));
        person.TimesTold("in.hand").ShouldBe(1);
        await person.NothingInHandAsync("gateway");
    }

    [Fact]
    public async Task Quit_WhileOthersSayThatTheyComeAndGo_LeavesNoLease()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(New, ("GATEWAY_ROLE", "satellite"));
        var sid = $"pid-{pi.Pid}";
        // Each of these has the terminal renew its lease, its own word that it leaves among them.
        var others = person.BusAsync("-r", "20000", "PUBLISH", "agent:sessions", "pid-1");

        (await pi.QuitAsync()).ShouldBe(0);

        (await person.BusAsync("EXISTS", $"agent:session:{sid}")).Single().ShouldBe("0");
        (await person.BusAsync("SMEMBERS", "agent:gateway:sessions")).ShouldNotContain(sid);
        await others;
    }

    [Fact]
    public async Task Quit_SatelliteWithAnEventNotYetTold_GivesItBack()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(New, ("GATEWAY_ROLE", "satellite"));
        var sid = $"pid-{pi.Pid}";
        await pi.SendAsync(new JsonObject { ["type"] = "prompt", ["message"] = "busy [[delay:60000]]" });
        await pi.IsToldAsync("busy");
        await person.PushAsync(sid, """{"id":"b","type":"to.nobody","source":"s","payload":{}}""");

        (await pi.QuitAsync()).ShouldBe(0);

        (await person.BusAsync("LLEN", $"agent:events:{sid}")).Single().ShouldBe("1");
        (await person.BusAsync("EXISTS", $"agent:session:{sid}", $"agent:claim:{sid}")).Single().ShouldBe("0");
        (await person.BusAsync("SMEMBERS", "agent:gateway:sessions")).ShouldNotContain(sid);
    }

    [Fact]
    public async Task Sleep_UntilItsEventWasGivenToAnother_LeavesItToThatOne()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(New, TerminalRounds.ShortLease, ("GATEWAY_ROLE", "satellite"));
        var sid = $"pid-{pi.Pid}";
        await person.PushAsync(sid, """{"id":"f","type":"in.hand","source":"s","payload":{"x":"[[status:400]]"}}""");
        await pi.SaysAsync("the end of a turn that failed", r => (string?)r["type"] == "agent_end");
        Processes.Signal(pi.Pid, "STOP"); // it is going to try again
        await Wait.Until(async () => await IsFreeAsync(person, sid), "the end of its lease");
        // As a Bellhop does that takes it for gone.
        await person.BusAsync("DEL", $"agent:claims:{sid}", $"agent:claim:{sid}");
        await person.PushAsync(sid, """{"id":"n","type":"next.one","source":"s","payload":{}}""");

        Processes.Signal(pi.Pid, "CONT");

        await person.EndOfAsync("n");
        UserMessages(Path.GetDirectoryName(person.SessionFile)!)
            .Count.ShouldBe(2, "what it had in hand, once, and what came after its sleep");
        (await person.ReceiptsAsync()).ShouldNotContain(r => (string?)r["id"] == "f" && (string?)r["state"] == "dead");
        await person.NothingInHandAsync(sid);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Quit_InTheTurn_IsTakenUpByTheNextStart(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var first = await person.StartRpcAsync(generation);
        await AnswerOnceAsync(first);
        await person.PushAsync(
            "main",
            """{"id":"q","type":"in.hand","source":"s","payload":{"x":"[[delay:60000]]"}}"""
        );
        await first.IsToldAsync("in.hand");
        await Wait.Until(() => Task.FromResult(person.TimesTold("in.hand") == 1), "the transcript");
        (await first.QuitAsync()).ShouldBe(0);

        var second = await person.StartRpcAsync(generation);

        await second.IsToldAsync("goes on");
        (await person.EndOfAsync("q"))["state"]!.ToString().ShouldBe("completed");
        person.TimesTold("in.hand").ShouldBe(1);
    }

    private static async Task<bool> IsFreeAsync(TerminalFixture person, string sid) =>
        (await person.BusAsync("EXISTS", $"agent:session:{sid}")) is ["0"];

    private static async Task AnswerOnceAsync(PiRpc pi)
    {
        await pi.AskAsync(new JsonObject { ["type"] = "prompt", ["message"] = "hello" });
        await pi.IsAnsweredAsync();
    }
}
