using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>Through a gap, and where it becomes another session, a terminal stays what it was and knows what it has in hand.</summary>
public sealed class ReconnectTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Fact]
    public async Task TwoRowsOfTheSameBytes_GatewayKilledInTheFirst_EachIsToldAndCompleted()
    {
        const string row = """{"type":"cron.same","source":"cron","payload":{"x":"[[delay:5000]]"}}""";
        await using var bus = await TerminalBus.StartAsync(onRedis: false);
        await using var person = new TerminalFixture(model, bus.Port);
        var pi = await person.StartRpcAsync(New, bus.Environment);
        await person.PushAsync("main", row);
        await person.PushAsync("main", row);
        await pi.IsToldAsync("cron.same");
        await Wait.Until(async () => await StatesAsync(bus) is ["injected", "queued"], "the first one's receipt");

        await bus.KillAndStartGatewayAsync();

        await Wait.Until(async () => await StatesAsync(bus) is ["completed", "completed"], "the end of both");
        person.TimesTold("cron.same").ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = ["Length", "long"])]
    public async Task SatelliteAnswersItsOwnEvent_CentralIsHandedToIt_TellsItOnce(bool onRedis)
    {
        await using var bus = await TerminalBus.StartAsync(onRedis);
        await using var one = new TerminalFixture(model, bus.Port);
        await using var two = new TerminalFixture(model, bus.Port);
        await one.StartRpcAsync(New, bus.Environment);
        var second = await two.StartRpcAsync(New, [("GATEWAY_ROLE", "satellite"), .. bus.Plain]);
        var sid = $"pid-{second.Pid}";
        await model.ScriptAsync("[[delay:4000]]");
        await two.PushAsync(sid, """{"id":"k","type":"its.own","source":"s","payload":{}}""");
        await second.IsToldAsync("its.own");
        await two.PushAsync(sid, """{"id":"n","type":"next.one","source":"s","payload":{}}""");
        await Wait.Until(
            async () => await two.BusAsync("SISMEMBER", "agent:gateway:sessions", sid) is ["1"],
            "the satellite where producers look"
        );

        var handover = await Cli.BellhopAsync(bus.Home, "sessions", "handover", "gateway", "--to", sid);

        handover.Output.ShouldEndWith("has gateway.\n", Case.Sensitive, handover.All);
        await second.IsToldAsync("next.one"); // what it had not taken before came with it
        var told = (await bus.Gateway.Api.SettledAsync("k")).Only;
        (told.Session, told.State).ShouldBe((sid, "completed"));
        await bus.Gateway.Api.SettledAsync("n");
        (two.TimesTold("its.own"), one.TimesTold("its.own")).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CentralByHandover_BusKilledAndStarted_StaysCentral(bool onRedis)
    {
        await using var bus = await TerminalBus.StartAsync(onRedis);
        await using var person = new TerminalFixture(model, bus.Port);
        var pi = await person.StartRpcAsync(New, [("GATEWAY_ROLE", "satellite"), .. bus.Plain]);
        var sid = $"pid-{pi.Pid}";
        await Wait.Until(
            async () =>
                (await Cli.BellhopAsync(bus.Home, "sessions", "handover", "gateway", "--to", sid)).ExitCode == 0,
            "the handover"
        );
        await pi.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == "🔗 connected · gateway");

        await bus.KillAsync();
        await pi.SaysAsync("that the bus is away", r => TerminalFixture.StatusOf(r)?.StartsWith("🔌") == true);
        await bus.StartAgainAsync();

        await pi.IsJoinedAsync();
        TerminalFixture.StatusOf(pi.Seen[^1]).ShouldBe("🔗 connected · gateway");
    }

    [Fact]
    public async Task RedisAwayForLongerThanALease_SatelliteLeavesCentralToTheOneThatHadIt()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var one = new TerminalFixture(model, redis.Port);
        await using var two = new TerminalFixture(model, redis.Port);
        var first = await one.StartRpcAsync(New, TerminalRounds.ShortLease);
        var second = await two.StartRpcAsync(New, TerminalRounds.ShortLease);
        TerminalFixture.StatusOf(second.Seen[^1]).ShouldBe($"🔗 connected · pid-{second.Pid}");

        Processes.Signal(first.Pid, "STOP"); // so that the other one is back before it
        await Wait.Until(
            async () => await one.BusAsync("EXISTS", "agent:session:gateway") is ["0"],
            "the end of its lease"
        );
        redis.Kill();
        await second.SaysAsync("that the bus is away", r => TerminalFixture.StatusOf(r)?.StartsWith("🔌") == true);
        await redis.StartAgainAsync();
        await second.IsJoinedAsync();
        var was = TerminalFixture.StatusOf(second.Seen[^1]);
        Processes.Signal(first.Pid, "CONT");

        was.ShouldBe($"🔗 connected · pid-{second.Pid}");
        await first.SaysAsync("that the bus is away", r => TerminalFixture.StatusOf(r)?.StartsWith("🔌") == true);
        await first.IsJoinedAsync();
        TerminalFixture.StatusOf(first.Seen[^1]).ShouldBe("🔗 connected · gateway");
    }

    /// <summary>Oldest first.</summary>
    private static async Task<string[]> StatesAsync(TerminalBus bus)
    {
        var events = (await bus.Gateway.Api.GetAsync("/v1/events?limit=10")).Json.GetProperty("events");
        return [.. events.EnumerateArray().Reverse().Select(e => e.GetProperty("state").GetString()!)];
    }
}
