using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>Central goes from one terminal to another by the command that the second one is told.</summary>
public sealed class HandoverTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Theory]
    [InlineData("embedded", New, Old)]
    [InlineData("redis", Old, New)]
    public async Task TwoTerminals_NoAgentOfOurs_TheToldCommandMovesCentralAfterTheTurn(
        string bus,
        string firsts,
        string seconds
    )
    {
        using var redis = bus == "redis" ? await DurableRedis.StartAsync() : null;
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        if (redis is not null)
            home.OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        var port = redis?.Port ?? gateway.RespPort;
        await using var one = new TerminalFixture(model, port);
        await using var two = new TerminalFixture(model, port);
        var first = await one.StartRpcAsync(firsts, ("GATEWAY_ROLE", "central"));
        var second = await two.StartRpcAsync(seconds, ("GATEWAY_ROLE", "central"));
        var command = $"bellhop sessions handover gateway --to pid-{second.Pid}";
        var notice = second.Seen.Single(r => (string?)r["method"] == "notify");
        notice["message"]!.ToString().ShouldContain(command);
        await one.PushAsync("main", """{"id":"a","type":"t.a","source":"s","payload":{"x":"[[delay:3000]]"}}""");
        await first.IsToldAsync("t.a");
        await one.PushAsync("main", """{"id":"b","type":"t.b","source":"s","payload":{}}""");

        var handover = await Cli.BellhopAsync(home, command.Split(' ')[1..]);

        handover.ExitCode.ShouldBe(0, handover.All);
        handover.Output.ShouldContain($"pid-{second.Pid} on host");
        handover.Output.ShouldEndWith("has gateway.\n", Case.Sensitive, handover.All);
        await second.IsToldAsync("t.b");
        await first.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == $"🔗 connected · pid-{first.Pid}");
        first
            .Seen.Where(r => (string?)r["method"] == "notify")
            .ShouldContain(r => r["message"]!.ToString().StartsWith($"The central session goes to pid-{second.Pid}"));
        foreach (var id in (string[])["a", "b"])
            (await gateway.Api.SettledAsync(id)).Only.State.ShouldBe("completed");
        (one.TimesTold("t.a**"), one.TimesTold("t.b**")).ShouldBe((1, 0));
        (two.TimesTold("t.a**"), two.TimesTold("t.b**")).ShouldBe((0, 1));

        // And back: who was asked to let go can be named in turn.
        var back = await Cli.BellhopAsync(home, "sessions", "handover", "gateway", "--to", $"pid-{first.Pid}");
        back.Output.ShouldBe($"pid-{first.Pid} on host {Environment.MachineName} has gateway.\n", back.All);
        await one.PushAsync("main", """{"id":"c","type":"t.c","source":"s","payload":{}}""");
        await first.IsToldAsync("t.c");
    }

    [Fact]
    public async Task NamedTerminal_IsPreferredToOneThatAskedForCentral()
    {
        using var home = new GatewayHome().WithConfig(
            new JsonObject { ["kind"] = "command", ["command"] = new JsonArray("/bin/cat") }
        );
        await using var gateway = await GatewayProcess.StartAsync(home);
        await using var one = new TerminalFixture(model, gateway.RespPort);
        await using var two = new TerminalFixture(model, gateway.RespPort);
        await one.StartRpcAsync(New, ("GATEWAY_ROLE", "central"));
        var named = await two.StartRpcAsync(New, ("GATEWAY_ROLE", "satellite"));

        var handover = await Cli.BellhopAsync(home, "sessions", "handover", "gateway", "--to", $"pid-{named.Pid}");

        handover.Output.ShouldEndWith("has gateway.\n", Case.Sensitive, handover.All);
        await named.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == "🔗 connected · gateway");
        var nobody = await Cli.BellhopAsync(home, "sessions", "handover", "gateway", "--to", "pid-1");
        nobody.ExitCode.ShouldBe(1);
        nobody.Error.ShouldContain("There is no terminal pid-1. There are: pid-");
    }
}
