using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>Who takes central's events on a Redis: our agent, a terminal it was handed to, or the skill's own extension.</summary>
public sealed class CentralOnRedisTests
{
    private const string Lease =
        """{"sid":"gateway","role":"central","kind":"pi-terminal","host":"box","pid":7,"nonce":"terminal","state":"idle"}""";

    // What a command line of an earlier gateway sends: the event at once to every target, and once for each id.
    private const string NotifySend = """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        redis.call('SET', KEYS[1], '1', 'EX', 604800)
        redis.call('LPUSH', KEYS[2], ARGV[1])
        redis.call('PUBLISH', KEYS[3], ARGV[2])
        return 1
        """;

    [Fact]
    public async Task Handover_GivesCentralToATerminal_AndBack()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithConfig(Cat()).OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        await gateway.Api.PushAsync(Event("before"));
        (await gateway.Api.SettledAsync("before")).Only.State.ShouldBe("completed");

        var given = await Cli.BellhopAsync(home, "sessions", "handover", "gateway");
        given.ExitCode.ShouldBe(0, given.All);
        await Wait.Until(async () => await TakeCentralAsync(redis), "the terminal to become central");
        await redis.CommandAsync("LPUSH", "agent:events:main", Event("terminals"));
        await Wait.Until(
            async () => (await gateway.Api.GetAsync("/v1/sessions")).Text.Contains("pi-terminal"),
            "the terminal to be shown as the holder"
        );
        (await redis.CommandAsync("LLEN", "agent:events:main")).ShouldBe(":1");

        var back = await Cli.BellhopAsync(home, "sessions", "handover", "gateway", "--to", "bellhop");
        back.ExitCode.ShouldBe(0, back.All);
        await redis.CommandAsync("DEL", "agent:session:gateway");
        await Wait.Until(
            async () => await gateway.Api.FindAsync("terminals") is { IsSettled: true },
            "our agent to take what the terminal left"
        );
    }

    [Fact]
    public async Task Handover_WhatCameInOverHttp_IsOnTheListBeforeTheTerminalIsThere()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithConfig(Cat()).OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        (await Cli.BellhopAsync(home, "sessions", "handover", "gateway")).ExitCode.ShouldBe(0);

        await gateway.Api.PushAsync(Event("by-http"));

        await Wait.Until(
            async () => await redis.CommandAsync("LLEN", "agent:events:gateway") == ":1",
            "the event to be on central's list"
        );
        var back = await Cli.BellhopAsync(home, "sessions", "handover", "gateway", "--to", "bellhop");
        back.ExitCode.ShouldBe(0, back.All);
        (await gateway.Api.SettledAsync("by-http")).Only.State.ShouldBe("completed");
        (await redis.CommandAsync("LLEN", "agent:events:gateway")).ShouldBe(":0");
    }

    [Fact]
    public async Task TerminalTakesCentral_AndSaysSo_IsSeenAtOnce()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" }).OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 10; i++)
        {
            var lease = Lease.Replace("\"pid\":7", $"\"pid\":{1000 + i}");
            await redis.CommandAsync("SET", "agent:session:gateway", lease, "PX", "60000");
            await redis.CommandAsync("PUBLISH", "agent:sessions", "gateway");
            await Wait.Until(
                async () => (await gateway.Api.GetAsync("/v1/sessions")).Text.Contains($"\"pid\":{1000 + i}"),
                $"terminal {1000 + i} to be shown"
            );
        }
        // The regular look comes every 5 s: ten of them take 50 s. One slow answer of the machine's disk is no fault.
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task Handover_OutlivesARestart()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithConfig(Cat()).OnRedis(redis.Url);
        await using (await GatewayProcess.StartAsync(home))
            (await Cli.BellhopAsync(home, "sessions", "handover", "gateway")).ExitCode.ShouldBe(0);

        await using var again = await GatewayProcess.StartAsync(home);
        await again.Api.PushAsync(Event("waits"));

        await Wait.Until(
            async () => (await Cli.BellhopAsync(home, "status")).Output.Contains("nobody is central, 1 event waits"),
            "status to say that nobody is central"
        );
    }

    [Fact]
    public async Task NotifySend_LuaScriptUnderAnotherPrefix_Arrives()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        home.Set("BELLHOP__BUS__PREFIX", "joelclaw");
        await using var gateway = await GatewayProcess.StartAsync(home);
        string[] call =
        [
            .. new[] { "EVAL", NotifySend, "3", "joelclaw:notify:idempotency:lua-1", "joelclaw:events:gateway" },
            .. new[] { "joelclaw:notify:gateway", Event("lua-1"), """{"eventId":"lua-1"}""" },
        ];

        (await redis.CommandAsync(call)).ShouldBe(":1");
        (await redis.CommandAsync(call)).ShouldBe(":0");

        var receipt = await Wait.For(
            async () => await gateway.Api.FindAsync("lua-1") is { IsSettled: true } settled ? settled : null,
            "the row to be taken off Redis and answered"
        );
        (receipt.Only.State, receipt.Others).ShouldBe(("completed", 0));
    }

    [Fact]
    public async Task SkillsExtension_BesideAGatewayWithoutAnAgent_TakesItsEventsUnchanged()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" }).OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var project = new NodeProject("ioredis5")
            .With("Published/extension.ts", text => text.Replace("port: 6379", $"port: {redis.Port}"))
            .With("Clients/run-extension.mjs");
        using var extension = project.Start("run-extension.mjs", "1", "0");
        (await extension.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("ready");

        await redis.CommandAsync("LPUSH", "agent:events:main", Event("skills", "t.1"));
        await redis.CommandAsync("PUBLISH", "agent:notify:main", "test");

        (await NodeProject.FinishAsync(extension)).ShouldContain("\"seen\":1");
    }

    private static JsonObject Cat() => new() { ["kind"] = "command", ["command"] = new JsonArray("cat") };

    private static string Event(string id, string type = "test.bus") =>
        $$"""{"id":"{{id}}","type":"{{type}}","source":"test","payload":{},"ts":1771372800000}""";

    private static async Task<bool> TakeCentralAsync(DurableRedis redis) =>
        await redis.CommandAsync("SET", "agent:session:gateway", Lease, "NX", "PX", "60000") == "+OK";
}
