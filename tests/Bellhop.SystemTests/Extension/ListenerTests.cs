using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>The same extension on Bellhop's own listener, where no Redis is: agent kind <c>none</c>, tiers 1 to 3.</summary>
public sealed class ListenerTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Events_NoAgentOfOurOwn_ReachTheTerminalAndAreReceipted(string generation)
    {
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        await using var gateway = await GatewayProcess.StartAsync(home);
        await using var person = new TerminalFixture(model, gateway.RespPort);
        // Waiting before anybody is there.
        await person.PushAsync("main", """{"id":"first","type":"t.0","source":"s","payload":{}}""");
        var pi = await person.StartRpcAsync(generation);

        for (var i = 1; i <= 20; i++)
            await person.PushAsync("main", $$$"""{"id":"e{{{i}}}","type":"t.{{{i}}}","source":"s","payload":{}}""");

        foreach (var id in Enumerable.Range(1, 20).Select(i => $"e{i}").Prepend("first"))
            (await gateway.Api.SettledAsync(id)).Only.State.ShouldBe("completed");
        for (var i = 0; i <= 20; i++)
            person.TimesTold($"t.{i}**").ShouldBe(1);
        pi.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task EndpointsFile_NoRedisNamed_IsFound()
    {
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        await using var gateway = await GatewayProcess.StartAsync(home);
        await using var person = new TerminalFixture(model, gateway.RespPort);

        await person.StartRpcAsync(New, ("REDIS_URL", null), ("BELLHOP_HOME", home.Path));
    }

    [Fact]
    public async Task GatewayKilledAndStarted_NothingLostNothingTwice()
    {
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        await using var first = await GatewayProcess.StartAsync(home);
        await using var person = new TerminalFixture(model, first.RespPort);
        var pi = await person.StartRpcAsync(New, ("REDIS_URL", null), ("BELLHOP_HOME", home.Path));
        for (var i = 1; i <= 5; i++)
            await person.PushAsync(
                "main",
                $$$"""{"id":"e{{{i}}}","type":"t.{{{i}}}","source":"s","payload":{"x":"[[delay:300]]"}}"""
            );
        await pi.IsToldAsync("t.1");

        await first.KillAsync();
        await using var second = await GatewayProcess.StartAsync(home);

        for (var i = 1; i <= 5; i++)
        {
            (await second.Api.SettledAsync($"e{i}")).Only.State.ShouldBe("completed");
            person.TimesTold($"t.{i}**").ShouldBe(1, $"event {i}");
        }
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task PiKilledInTheTurn_NextOneGoesOnAndRepeatsNoEvent(string generation)
    {
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        await using var gateway = await GatewayProcess.StartAsync(home);
        await using var person = new TerminalFixture(model, gateway.RespPort);
        var first = await person.StartRpcAsync(generation);
        await first.AskAsync(new JsonObject { ["type"] = "prompt", ["message"] = "hello" });
        await first.IsAnsweredAsync(); // 0.73 writes its file with the first answer
        await person.PushAsync(
            "main",
            """{"id":"k","type":"in.hand","source":"s","payload":{"x":"[[delay:60000]]"}}"""
        );
        await first.IsToldAsync("in.hand");
        await Wait.Until(() => Task.FromResult(person.TimesTold("in.hand") == 1), "the transcript");
        first.Kill();

        var second = await person.StartRpcAsync(generation);

        await second.IsToldAsync("goes on");
        (await gateway.Api.SettledAsync("k")).Only.State.ShouldBe("completed");
        person.TimesTold("in.hand").ShouldBe(1);
    }

    [Fact]
    public async Task SatelliteKilledWithAnEvent_CentralGetsIt()
    {
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        await using var gateway = await GatewayProcess.StartAsync(home);
        await using var oversight = new TerminalFixture(model, gateway.RespPort);
        await using var coding = new TerminalFixture(model, gateway.RespPort);
        var central = await oversight.StartRpcAsync(New, ("GATEWAY_ROLE", "central"));
        var satellite = await coding.StartRpcAsync(New);
        await coding.PushAsync(
            $"pid-{satellite.Pid}",
            """{"id":"s","type":"its.own","source":"s","payload":{"x":"[[delay:2500]]"}}"""
        );
        await satellite.IsToldAsync("its.own");

        satellite.Kill();

        await central.IsToldAsync("its.own");
        var receipt = await gateway.Api.SettledAsync("s");
        receipt.Deliveries.Single(d => d.Session == "gateway").State.ShouldBe("completed", receipt.Text);
        oversight.TimesTold("its.own").ShouldBe(1);
    }

    [Fact]
    public async Task OwnAgentIsCentral_TerminalIsToldAndTakesOverAfterTheHandover()
    {
        using var home = new GatewayHome().WithConfig(
            new JsonObject { ["kind"] = "command", ["command"] = new JsonArray("/bin/cat") }
        );
        await using var gateway = await GatewayProcess.StartAsync(home);
        await using var person = new TerminalFixture(model, gateway.RespPort);
        var pi = person.StartRpc(New, ("GATEWAY_ROLE", "central"));
        var notice = await pi.SaysAsync("a notice", r => (string?)r["method"] == "notify");
        notice["message"]!.ToString().ShouldContain("Bellhop's own agent");
        notice["message"]!.ToString().ShouldContain("bellhop sessions handover gateway");
        await pi.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == $"🔗 connected · pid-{pi.Pid}");

        (await Cli.BellhopAsync(home, "sessions", "handover", "gateway")).ExitCode.ShouldBe(0);

        await pi.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == "🔗 connected · gateway");
        await person.PushAsync("main", """{"id":"h","type":"handed.over","source":"s","payload":{}}""");
        await pi.IsToldAsync("handed.over");
        (await gateway.Api.SettledAsync("h")).Only.State.ShouldBe("completed");
    }
}
