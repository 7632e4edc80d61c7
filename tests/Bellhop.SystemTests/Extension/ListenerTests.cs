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
}
