using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>Who is central, who is a satellite, and who stays off the bus.</summary>
public sealed class RolesTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Fact]
    public async Task SecondCentral_IsToldWhoHoldsItAndJoinsAsSatellite()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var one = new TerminalFixture(model, redis.Port);
        await using var two = new TerminalFixture(model, redis.Port);
        var first = await one.StartRpcAsync(New, ("GATEWAY_ROLE", "central"));

        var second = two.StartRpc(Old, ("GATEWAY_ROLE", "central"));

        var notice = await second.SaysAsync("a notice", r => (string?)r["method"] == "notify");
        notice["message"]!.ToString().ShouldContain($"pid {first.Pid}");
        notice["message"]!.ToString().ShouldContain("bellhop sessions handover gateway");
        await second.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == $"🔗 connected · pid-{second.Pid}");
        (await one.BusAsync("SMEMBERS", "agent:gateway:sessions")).Order().ShouldBe(["gateway", $"pid-{second.Pid}"]);

        // Central again, once it is free: that is what was asked for.
        (await first.QuitAsync()).ShouldBe(0);
        await second.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == "🔗 connected · gateway");
        (await one.BusAsync("SMEMBERS", "agent:gateway:sessions")).ShouldBe(["gateway"]);
    }

    [Fact]
    public async Task Lease_SaysWhoIsThere()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(New);

        var lease = JsonNode.Parse((await person.BusAsync("GET", "agent:session:gateway")).Single())!;

        ((int?)lease["pid"]).ShouldBe(pi.Pid);
        ((string?)lease["role"], (string?)lease["kind"]).ShouldBe(("central", "pi-terminal"));
        ((string?)lease["state"], (string?)lease["model"]).ShouldBe(("idle", "fake/fake-1"));
        ((string?)lease["cwd"]).ShouldBe(person.Work);
        int.Parse((await person.BusAsync("PTTL", "agent:session:gateway")).Single()).ShouldBeInRange(1, 15_000);
    }

    [Fact]
    public async Task SuspendedBeyondItsLease_AndTakenOffTheList_IsOnItAgain()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(New, TerminalRounds.ShortLease, ("GATEWAY_ROLE", "satellite"));
        var sid = $"pid-{pi.Pid}";
        Processes.Signal(pi.Pid, "STOP");
        await Wait.Until(
            async () => await person.BusAsync("EXISTS", $"agent:session:{sid}") is ["0"],
            "the end of its lease"
        );
        // As central does that adopts what a terminal left.
        (await person.BusAsync("SREM", "agent:gateway:sessions", sid)).ShouldBe(["1"]);

        Processes.Signal(pi.Pid, "CONT");

        await Wait.Until(
            async () => await person.BusAsync("SISMEMBER", "agent:gateway:sessions", sid) is ["1"],
            $"{sid} to be where producers look"
        );
    }

    [Fact]
    public async Task LeaseTakenByAnother_StopsClaimingAndSaysSo()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(New);

        await person.BusAsync(
            "SET",
            "agent:session:gateway",
            """{"nonce":"other","kind":"bellhop","host":"h","pid":1}"""
        );

        var notice = await pi.SaysAsync("a notice", r => (string?)r["method"] == "notify");
        notice["message"]!.ToString().ShouldContain("Bellhop's own agent");
        await pi.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == $"🔗 connected · pid-{pi.Pid}");
        await person.PushAsync("gateway", """{"id":"o","type":"for.the.other","source":"s","payload":{}}""");
        await person.PushAsync($"pid-{pi.Pid}", """{"id":"m","type":"for.me","source":"s","payload":{}}""");
        await person.EndOfAsync("m");
        (await person.BusAsync("LLEN", "agent:events:gateway")).Single().ShouldBe("1");
    }

    [Theory]
    [InlineData("GATEWAY_ROLE", "off")]
    [InlineData("BELLHOP_RUN", "mark")]
    public async Task ToldToStayOff_DoesNothing(string name, string value)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = person.StartRpc(New, (name, value));

        await pi.AskAsync(new JsonObject { ["type"] = "prompt", ["message"] = "hello" });
        await pi.IsAnsweredAsync();

        (await person.BusAsync("DBSIZE")).Single().ShouldBe("0");
        var commands = await pi.AskAsync(new JsonObject { ["type"] = "get_commands" });
        commands.ToJsonString().ShouldNotContain("gateway-status");
    }

    [Fact]
    public async Task PrintingOneAnswer_JoinsNothing()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);

        var answer = await Cli.RunAsync(
            Named(New).Program,
            ["-e", TerminalFixture.Extension, "-p", "hello"],
            person.EnvironmentWith()
        );

        answer.ExitCode.ShouldBe(0, answer.All);
        answer.Output.ShouldContain("echo: hello");
        (await person.BusAsync("DBSIZE")).Single().ShouldBe("0");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Commands_ShowTheStateAndPushAHeartbeat(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartRpcAsync(generation);

        await pi.SendAsync(new JsonObject { ["type"] = "prompt", ["message"] = "/heartbeat" });
        await pi.IsToldAsync("cron.heartbeat");
        await pi.IsAnsweredAsync();
        await Wait.Until(async () => (await person.ReceiptsAsync()).Count == 2, "the end of the heartbeat");

        (await SaidByAsync(pi, "/events")).ShouldContain("cron.heartbeat (pi) completed");
        var status = await SaidByAsync(pi, "/gateway-status");
        status.ShouldContain("session: gateway (central)");
        status.ShouldContain($"redis://127.0.0.1:{redis.Port} connected");
        status.ShouldContain($"central: a pi terminal (");
        status.ShouldContain("waiting: 0");
    }

    private static async Task<string> SaidByAsync(PiRpc pi, string command)
    {
        await pi.SendAsync(new JsonObject { ["type"] = "prompt", ["message"] = command });
        return (await pi.SaysAsync("a notice", r => (string?)r["method"] == "notify"))["message"]!.ToString();
    }
}
