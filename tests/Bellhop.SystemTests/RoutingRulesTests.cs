using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>Rules of the configuration, as a person meets them.</summary>
public sealed class RoutingRulesTests
{
    private const string Rules = """
        [
          { "name": "builds", "type": "build.*", "source": "ci/*", "sessions": ["gateway", "origin"] },
          { "name": "noise", "type": "memory.observed", "drop": true },
          { "name": "night", "type": "report.*", "hold": true }
        ]
        """;

    [Fact]
    public async Task Rules_OnEveryDoor_DecideWhatExplainSays()
    {
        using var home = HomeWith(Rules);
        await using var gateway = await GatewayProcess.StartAsync(home);

        var explained = await Cli.BellhopAsync(home, "explain", "memory.observed", "--source", "x", "--list", "main");
        explained.Output.ShouldStartWith("Rule noise (number 2) decides", Case.Sensitive, explained.All);
        var lpush = await Cli.ShellAsync(
            $$"""redis-cli -p {{gateway.RespPort}} LPUSH agent:events:main '{"id":"n1","type":"memory.observed","source":"x"}'""",
            home.Environment
        );
        lpush.Output.ShouldBe("1\n", lpush.All);
        var dropped = await gateway.Api.SettledAsync("n1");
        (dropped.Only.State, Reason(dropped)).ShouldBe(("dropped", "noise"), dropped.Text);

        var push = await Cli.BellhopAsync(home, "push", "build.broken", "--source", "ci/main", "--origin", "pid-7");
        push.Output.ShouldEndWith("→ gateway, pid-7\n", Case.Sensitive, push.All);
        var unseen = await Cli.BellhopAsync(home, "explain", "build.broken", "--source", "ci/x", "--origin", "pid-7");
        unseen.Output.ShouldContain(
            "pid-7: was never seen. The event waits for it; after 10 minutes central takes it."
        );
        unseen.Output.ShouldContain("gateway: echo is idle and nothing is before it.");
    }

    [Fact]
    public async Task Hold_UntilReleased_ThenAnswers()
    {
        using var home = HomeWith(Rules);
        await using var gateway = await GatewayProcess.StartAsync(home);
        var push = await Cli.BellhopAsync(home, "push", "report.ready", "--id", "r1");
        push.Output.ShouldBe("accepted r1 → hold/night\n", push.All);
        (await Cli.BellhopAsync(home, "sessions")).Output.ShouldContain("hold/night");

        var release = await Cli.BellhopAsync(home, "release", "night");

        release.Output.ShouldBe("released 1 event\n", release.All);
        var receipt = await gateway.Api.SettledAsync("r1");
        receipt.Text.ShouldContain("\"reason\":\"released\"");
        receipt.Text.ShouldContain("completed");
        (await Cli.BellhopAsync(home, "release", "nothing")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Hold_RuleIsGoneAtTheNextStart_GoesOnItsWay()
    {
        using var home = HomeWith(Rules);
        await using (var gateway = await GatewayProcess.StartAsync(home))
        {
            await Cli.BellhopAsync(home, "push", "report.ready", "--id", "r1");
            await gateway.KillAsync();
        }
        home.WithEcho();

        await using var again = await GatewayProcess.StartAsync(home);

        (await again.Api.SettledAsync("r1")).Text.ShouldContain("rule night holds no more");
    }

    [Fact]
    public async Task Rules_ChangedWhileItRuns_DecideTheNextEventAndLetGoOfWhatTheyHeld()
    {
        using var home = HomeWith(Rules);
        await using var gateway = await GatewayProcess.StartAsync(home);
        await Cli.BellhopAsync(home, "push", "report.ready", "--id", "r1");

        Configure(home, """[ { "name": "quiet", "type": "build.*", "drop": true } ]""");
        var reload = await Cli.BellhopAsync(home, "config", "reload");

        reload.ExitCode.ShouldBe(0, reload.All);
        (await gateway.Api.SettledAsync("r1")).Text.ShouldContain("rule night holds no more");
        var explained = await Cli.BellhopAsync(home, "explain", "build.broken", "--source", "ci/main");
        explained.Output.ShouldStartWith("Rule quiet (number 1) decides", Case.Sensitive, explained.All);
        await Cli.BellhopAsync(home, "push", "build.broken", "--id", "b1");
        (await gateway.Api.SettledAsync("b1")).Only.State.ShouldBe("dropped");
        (await Cli.BellhopAsync(home, "status")).Output.ShouldNotContain("next start");
    }

    [Fact]
    public async Task Hold_RuleIsGone_OnARedisWithoutAnAgent_GoesToCentralsList()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = Configure(new GatewayHome(), Rules, "none").OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        var push = await Cli.BellhopAsync(home, "push", "report.ready", "--id", "r1");
        push.Output.ShouldBe("accepted r1 → hold/night\n", push.All);

        Configure(home, "[]", "none");

        await Wait.Until(
            async () => await redis.CommandAsync("LLEN", "agent:events:gateway") == ":1",
            "the event to be on central's list"
        );
        (await gateway.Api.GetAsync("/v1/events/r1")).Text.ShouldContain("rule night holds no more");
    }

    [Fact]
    public async Task Up_BadRule_NamesItAndExits78()
    {
        using var home = HomeWith("""[ { "name": "x", "typ": "a", "drop": true, "hold": true } ]""");

        var up = await Cli.BellhopAsync(home, "up");

        up.ExitCode.ShouldBe(78, up.All);
        up.Error.ShouldContain("routing.rules[0].typ = \"a\"");
        up.Error.ShouldContain("Did you mean type?");
    }

    private static string? Reason(EventReceipt receipt) =>
        (string?)JsonNode.Parse(receipt.Text)!["deliveries"]![0]!["reason"];

    private static GatewayHome HomeWith(string rules) => Configure(new GatewayHome(), rules);

    private static GatewayHome Configure(GatewayHome home, string rules, string agent = "echo") =>
        home.WithConfig(
            new JsonObject { ["kind"] = agent },
            config => config["routing"] = new JsonObject { ["rules"] = JsonNode.Parse(rules) }
        );
}
