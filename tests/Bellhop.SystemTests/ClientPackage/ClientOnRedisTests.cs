using System.Text.Json;
using Bellhop.Client;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.ClientPackage;

/// <summary>The package straight into a real Redis, without any gateway.</summary>
public sealed class ClientOnRedisTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Push_NobodyRegistered_WaitsOnMain()
    {
        using var redis = await RealRedis.StartAsync();
        await using var client = BellhopClient.Connect($"redis://127.0.0.1:{redis.Port}");

        var receipt = await client.PushAsync("a.b", "tests", new { n = 1 }, cancel: Cancel);

        receipt.Sessions.ShouldBe(["main"]);
        var row = JsonDocument.Parse(await AskAsync(redis, "LINDEX", "agent:events:main", "0")).RootElement;
        row.GetProperty("id").GetString().ShouldBe(receipt.Id);
        row.GetProperty("payload").GetProperty("n").GetInt32().ShouldBe(1);
        (await AskAsync(redis, "LLEN", "agent:events:gateway")).ShouldBe("0");
    }

    [Fact]
    public async Task Push_CentralAndOriginRegistered_IsOnBothListsAndBothAreWoken()
    {
        using var redis = await RealRedis.StartAsync();
        await AskAsync(redis, "SADD", "agent:gateway:sessions", "gateway", "pid-7", "pid-8");
        await using var client = new BellhopClient(
            new BellhopClientOptions { Redis = $"redis://127.0.0.1:{redis.Port}", Origin = "pid-7" }
        );

        // More than one read's worth, over one connection.
        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(i => client.PushAsync("a.b", "tests", new { i }, cancel: Cancel))
        );

        receipts.ShouldAllBe(r => r.Sessions.SequenceEqual(new[] { "gateway", "pid-7" }));
        (await AskAsync(redis, "LLEN", "agent:events:gateway")).ShouldBe("200");
        (await AskAsync(redis, "LLEN", "agent:events:pid-7")).ShouldBe("200");
        (await AskAsync(redis, "LLEN", "agent:events:pid-8")).ShouldBe("0");
        (await AskAsync(redis, "INFO", "commandstats")).ShouldContain("cmdstat_publish:calls=400,");
    }

    [Fact]
    public async Task Push_RedisGoesAway_SaysSoAndWorksAgainWhenItIsBack()
    {
        using var redis = await RealRedis.StartAsync();
        await using var client = new BellhopClient(
            new BellhopClientOptions
            {
                Redis = $"redis://127.0.0.1:{redis.Port}",
                Attempts = 3,
                FirstDelay = TimeSpan.FromMilliseconds(10),
            }
        );
        await client.PushAsync("a.b", "tests", cancel: Cancel);
        await AskAsync(redis, "CONFIG", "SET", "requirepass", "secret");
        await AskAsync(redis, "-a", "secret", "CLIENT", "KILL", "TYPE", "normal");

        var refused = await Should.ThrowAsync<BellhopRefusedException>(
            client.PushAsync("a.b", "tests", cancel: Cancel)
        );

        refused.Code.ShouldBe("NOAUTH");
        await AskAsync(redis, "-a", "secret", "CONFIG", "SET", "requirepass", "");
        (await client.PushAsync("a.b", "tests", cancel: Cancel)).Sessions.ShouldBe(["main"]);
        await AskAsync(redis, "SHUTDOWN", "NOSAVE");
        await Should.ThrowAsync<BellhopUnavailableException>(client.PushAsync("a.b", "tests", cancel: Cancel));
    }

    [Fact]
    public async Task Push_OurListener_IsOneEventWithADeliveryForEach()
    {
        await using var host = await RespHost.StartAsync();
        await using var client = new BellhopClient(
            new BellhopClientOptions { Redis = $"redis://127.0.0.1:{host.Port}", Origin = "pid-7" }
        );
        await Cli.RunAsync(
            Repository.Tool("redis-cli"),
            ["-p", $"{host.Port}", "SADD", "agent:gateway:sessions", "pid-7"],
            new Dictionary<string, string?>()
        );

        var receipt = await client.PushAsync("a.b", "tests", cancel: Cancel);

        var kept = (await host.Store.FindAsync(receipt.Id, Cancel)).ShouldNotBeNull();
        kept.Others.ShouldBe(0);
        kept.Deliveries.Select(d => d.Session.Value).ShouldBe(["gateway", "pid-7"]);
    }

    private static async Task<string> AskAsync(RealRedis redis, params string[] words)
    {
        var run = await Cli.RunAsync(
            Repository.Tool("redis-cli"),
            ["-p", $"{redis.Port}", .. words],
            new Dictionary<string, string?>()
        );
        run.ExitCode.ShouldBe(0, run.All);
        return run.Output.Trim();
    }
}
