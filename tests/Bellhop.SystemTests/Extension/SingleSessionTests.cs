using System.Diagnostics;
using System.Net;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>Who is central among terminals that nobody told anything: the choice of the home, and who is there already.</summary>
public sealed class SingleSessionTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Theory]
    [InlineData("{}", null, true)]
    [InlineData("""{ "sessions": { "single": "auto" } }""", null, true)]
    [InlineData("""{ "sessions": { "single": "off" } }""", null, false)]
    [InlineData("""{ "sessions": { "single": "off" } }""", "central", true)]
    [InlineData("""{ "sessions": { "single": "on" } }""", "satellite", false)]
    [InlineData(
        """
            { // "sessions": { "single": "on" } was too much: https://example.net
              "agent": { "command": ["//", "\"," ], /* , */ },
              "sessions": { "single": "off", },
            }
            """,
        null,
        false
    )]
    public async Task FirstTerminal_IsCentralAsTheHomeSaysUnlessTheEnvironmentDoes(
        string config,
        string? role,
        bool isCentral
    )
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        using var home = new TempFolder();
        File.WriteAllText(home.Inside("config.json"), config);

        var pi = await person.StartRpcAsync(New, ("BELLHOP_HOME", home.Path), ("GATEWAY_ROLE", role));

        TerminalFixture
            .StatusOf(pi.Seen[^1])
            .ShouldBe(isCentral ? "🔗 connected · gateway" : $"🔗 connected · pid-{pi.Pid}");
    }

    [Theory]
    [InlineData("auto", false)]
    [InlineData("on", true)]
    public async Task SecondTerminal_JoinsAsSatellite_AndTakesCentralLaterOnlyWhereEachOneAsks(
        string single,
        bool takesLater
    )
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var one = new TerminalFixture(model, redis.Port);
        await using var two = new TerminalFixture(model, redis.Port);
        using var home = new TempFolder();
        File.WriteAllText(home.Inside("config.json"), "{\"sessions\":{\"single\":\"" + single + "\"}}");
        var first = await one.StartRpcAsync(New, ("BELLHOP_HOME", home.Path));
        var second = await two.StartRpcAsync(Old, ("BELLHOP_HOME", home.Path));
        TerminalFixture.StatusOf(second.Seen[^1]).ShouldBe($"🔗 connected · pid-{second.Pid}");

        (await first.QuitAsync()).ShouldBe(0);

        if (takesLater)
            await second.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == "🔗 connected · gateway");
        else
        {
            await HasLookedAsync(two, second);
            (await one.BusAsync("EXISTS", "agent:session:gateway")).ShouldBe(["0"]);
        }
    }

    [Fact]
    public async Task CentralLeaseIsADeadOnesAndHasToRunOut_PlainTerminalIsCentralThen()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        using var gone = Process.Start("true");
        await gone.WaitForExitAsync(TestContext.Current.CancellationToken);
        // Without a machine, as off Linux: whether that process was on ours cannot be told.
        var lease =
            $$"""{"sid":"gateway","role":"central","kind":"pi-terminal","host":"{{Dns.GetHostName()}}","pid":{{gone.Id}},"nonce":"x"}""";
        await person.BusAsync("SET", "agent:session:gateway", lease);
        var pi = await person.StartRpcAsync(New);
        TerminalFixture.StatusOf(pi.Seen[^1]).ShouldBe($"🔗 connected · pid-{pi.Pid}");

        await person.BusAsync("DEL", "agent:session:gateway");

        await pi.SaysAsync("its mark", r => TerminalFixture.StatusOf(r) == "🔗 connected · gateway");
    }

    [Fact]
    public async Task OwnAgentIsThere_PlainTerminalIsASatelliteAndSaysNothing()
    {
        using var home = new GatewayHome().WithConfig(
            new() { ["kind"] = "command", ["command"] = new System.Text.Json.Nodes.JsonArray("/bin/cat") }
        );
        await using var gateway = await GatewayProcess.StartAsync(home);
        await using var person = new TerminalFixture(model, gateway.RespPort);

        var pi = await person.StartRpcAsync(New, ("REDIS_URL", null), ("BELLHOP_HOME", home.Path));

        TerminalFixture.StatusOf(pi.Seen[^1]).ShouldBe($"🔗 connected · pid-{pi.Pid}");
        pi.Seen.ShouldNotContain(r => (string?)r["method"] == "notify");
    }

    // A lease renewed shows in its time: a terminal gives itself much less than this.
    private static async Task HasLookedAsync(TerminalFixture person, PiRpc pi)
    {
        var lease = $"agent:session:pid-{pi.Pid}";
        await person.BusAsync("PEXPIRE", lease, "1000000");
        await person.BusAsync("PUBLISH", "agent:sessions", "gateway");
        await Wait.Until(
            async () => int.Parse((await person.BusAsync("PTTL", lease)).Single()) < 100_000,
            "the terminal to renew its lease"
        );
    }
}
