using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>
/// <c>up</c> with nothing configured, where Redis' own port is taken and where it is free. In a network of the test's
/// own: a Redis that this machine runs is neither needed nor touched.
/// </summary>
public sealed class BesideRedisTests
{
    private const string RedisAddress = "127.0.0.1:6379";

    [Fact]
    public async Task Up_FirstRunBesideARedis_UsesItAndWritesThatDown()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Network namespaces are Linux'.");
        using var network = await OwnNetwork.StartAsync();
        using var redis = await RealRedis.StartAsync(network);
        using var home = new GatewayHome();
        await using var gateway = await GatewayProcess.StartAsync(home, network.Launcher);

        gateway.Endpoints.Resp.ShouldBeNull();
        (await PushAsync(home, network, redis.Port, "seen")).ShouldBe("1");
        await Wait.Until(
            async () => (await Cli.BellhopAsync(home, "trace", "seen")).ExitCode == 0,
            "the row to be taken off Redis"
        );
        var config = File.ReadAllText(System.IO.Path.Combine(home.Path, "config.json"));
        config.ShouldContain("\n    \"kind\": \"redis\",");
        config.ShouldContain("\n    \"url\": \"redis://127.0.0.1:6379/0\",");
    }

    [Fact]
    public async Task Up_RedisAnswersOnItsPort_TakesAnotherAndSaysWhatIsNotSeen()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Network namespaces are Linux'.");
        using var network = await OwnNetwork.StartAsync();
        using var redis = await RealRedis.StartAsync(network);
        using var home = new GatewayHome();
        home.Set("BELLHOP__BUS__KIND", "embedded");
        await using var gateway = await GatewayProcess.StartAsync(home, network.Launcher);

        gateway.RespPort.ShouldNotBe(redis.Port);
        var notice =
            $"A Redis is on {RedisAddress}, so the Redis protocol is spoken on {gateway.Endpoints.Resp}: "
            + "lines sent to port 6379 are not seen.";
        await gateway.SaysAsync($"redis protocol  {gateway.Endpoints.Resp}");
        await gateway.SaysAsync(notice);
        var status = await Cli.BellhopAsync(home, "status");
        status.Output.ShouldContain(notice, Case.Sensitive, status.All);

        (await PushAsync(home, network, redis.Port, "unseen")).ShouldBe("1");
        (await PushAsync(home, network, gateway.RespPort, "seen")).ShouldBe("1");
        (await Cli.BellhopAsync(home, "trace", "seen")).ExitCode.ShouldBe(0);
        (await Cli.BellhopAsync(home, "trace", "unseen")).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task Up_PortIsFree_TakesItAndHasNothingToSay()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Network namespaces are Linux'.");
        using var network = await OwnNetwork.StartAsync();
        using var home = new GatewayHome();
        await using var gateway = await GatewayProcess.StartAsync(home, network.Launcher);

        gateway.Endpoints.Resp.ShouldBe(RedisAddress);
        await gateway.SaysAsync("It stays up");
        gateway.Said.ShouldNotContain("are not seen");
        (await PushAsync(home, network, RealRedis.DefaultPort, "seen")).ShouldBe("1");
        (await Cli.BellhopAsync(home, "trace", "seen")).ExitCode.ShouldBe(0);
    }

    /// <summary>What redis-cli prints for a line that is pushed to this port.</summary>
    private static async Task<string> PushAsync(GatewayHome home, OwnNetwork network, int port, string id)
    {
        var body = $$"""{"id":"{{id}}","type":"test.port","source":"test","payload":{},"ts":0}""";
        string[] line =
        [
            .. network.Launcher,
            Repository.Tool("redis-cli"),
            .. new[] { "-p", $"{port}", "LPUSH", "agent:events:main", body },
        ];
        return (await Cli.RunAsync(line[0], line[1..], home.Environment)).Output.Trim();
    }
}
