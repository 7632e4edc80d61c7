using System.Net;
using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>Terminals on a Redis, played command by command: they come, tell how far they are, and die.</summary>
public sealed class TerminalsOnRedisTests
{
    private const string Turn = "01M7YRY1W4SHCZVVZJBFYVVNS1";

    [Fact]
    public async Task Satellite_TellsHowFarAnEventIs_TheReceiptFollows()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        await JoinAsync(redis, gateway, "pid-7", leaseMs: 60_000);

        await gateway.Api.PushAsync(Event("e-1", "pid-7"));
        (
            await redis.CommandAsync("LMOVE", "agent:events:pid-7", "agent:claims:pid-7", "RIGHT", "LEFT")
        ).ShouldStartWith("$");
        await ReportAsync(redis, "injected", "e-1", null);
        await ReportAsync(redis, "completed", "e-1", null);

        await UntilAsync(gateway, "e-1", "pid-7", "completed");
    }

    [Fact]
    public async Task Satellite_TookARowThatNobodyElseSaw_IsAccountedFor()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        await JoinAsync(redis, gateway, "pid-7", leaseMs: 60_000);

        await ReportAsync(redis, "injected", "raw-1", Event("raw-1", null));
        await ReportAsync(redis, "completed", "raw-1", Event("raw-1", null));

        var receipt = await UntilAsync(gateway, "raw-1", "pid-7", "completed");
        receipt
            .Deliveries.ShouldHaveSingleItem()
            .States.ShouldBe(["accepted", "queued", "injecting", "injected", "completed"]);
    }

    [Fact]
    public async Task SatellitesDie_OneOfThemWithItsConnectionStillOpen_CentralAdoptsWhatTheyLeft()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var open = await RespConnection.OpenAsync(redis.Port);
        await open.CommandAsync("SUBSCRIBE", "agent:notify:pid-8");
        await JoinAsync(redis, gateway, "pid-8", leaseMs: 8_000);
        await redis.CommandAsync("LPUSH", "agent:events:pid-8", Event("suspended", null));
        await JoinAsync(redis, gateway, "pid-7", leaseMs: 8_000);
        await redis.CommandAsync("LPUSH", "agent:claims:pid-7", Event("claimed", null));
        await redis.CommandAsync("SET", "agent:claim:pid-7", "{}");
        await redis.CommandAsync("LPUSH", "agent:events:pid-7", Event("waiting", null));

        var claimed = await UntilAsync(gateway, "claimed", "gateway", "completed", TimeSpan.FromMinutes(1));
        claimed.Text.ShouldContain("it may have begun it");
        (await UntilAsync(gateway, "waiting", "gateway", "completed")).Text.ShouldContain(
            "adopted: session pid-7: it is gone"
        );
        (await redis.CommandAsync("SISMEMBER", "agent:gateway:sessions", "pid-7")).ShouldBe(":0");
        (await UntilAsync(gateway, "suspended", "gateway", "completed")).Text.ShouldContain(
            "adopted: session pid-8: it is gone"
        );
    }

    [Fact]
    public async Task Row_ForASessionThatNeverComes_GoesToCentral()
    {
        using var redis = await DurableRedis.StartAsync();
        await redis.CommandAsync("LPUSH", "agent:events:pid-99", Event("lonely", null));
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        home.Set("BELLHOP__ROUTING__ADOPTAFTER", "2s");
        await using var gateway = await GatewayProcess.StartAsync(home);

        var receipt = await UntilAsync(gateway, "lonely", "gateway", "completed", TimeSpan.FromMinutes(1));

        receipt.Text.ShouldContain("adopted: session pid-99: it never came");
    }

    [Fact]
    public async Task Gateway_BeginsAfterATerminalWasCentral_TellsNothingThatIsDone()
    {
        using var redis = await DurableRedis.StartAsync();
        for (var i = 0; i < 40; i++)
        {
            await ReportAsync(redis, "injected", $"done-{i}", Event($"done-{i}", null), "gateway");
            await ReportAsync(redis, "completed", $"done-{i}", Event($"done-{i}", null), "gateway");
        }
        await redis.CommandAsync("LPUSH", "agent:claims:gateway", Event("begun", null));
        await redis.CommandAsync("SET", "agent:claim:gateway", "{}");
        await ReportAsync(redis, "injected", "begun", Event("begun", null), "gateway");
        using var home = new GatewayHome().WithConfig(Cat).OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);

        (await UntilAsync(gateway, "begun", "gateway", "completed")).Text.ShouldContain("it may have begun it");
        for (var i = 0; i < 40; i++)
        {
            var delivery = (await UntilAsync(gateway, $"done-{i}", "gateway", "completed")).Only;
            (delivery.Reply, delivery.Turn).ShouldBe(("", Turn));
        }
        // A terminal that slept meanwhile, and says only now what it did.
        await gateway.Api.PushAsync(Event("ours", null));
        await ReportAsync(redis, "injected", "ours", null, "gateway");
        (await UntilAsync(gateway, "ours", "gateway", "completed")).Only.Reply.ShouldContain("test.bus");
    }

    [Fact]
    public async Task TerminalIsCentral_SatellitesAreInTheGatewaysCareAllTheSame()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithConfig(Cat).OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        (await Cli.BellhopAsync(home, "sessions", "handover", "gateway")).ExitCode.ShouldBe(0);
        const string lease = """{"sid":"gateway","role":"central","kind":"pi-terminal","nonce":"c"}""";
        await Wait.Until(
            async () =>
                (await redis.CommandAsync("SET", "agent:session:gateway", lease, "NX", "PX", "60000")).StartsWith(
                    "+OK"
                ),
            "central to be free"
        );

        await JoinAsync(redis, gateway, "pid-9", leaseMs: 8_000);
        await gateway.Api.PushAsync(Event("its-own", "pid-9"));
        await Wait.Until(
            async () => await redis.CommandAsync("LLEN", "agent:events:pid-9") == ":1",
            "the event on its session's list"
        );

        // It is gone: central gets it, on the terminal's list.
        var adopted = await UntilAsync(gateway, "its-own", "pid-9", "dropped", TimeSpan.FromMinutes(1));
        adopted.Deliveries.ShouldContain(d => d.Session == "gateway");
    }

    private static JsonObject Cat => new() { ["kind"] = "command", ["command"] = new JsonArray("/bin/cat") };

    private static string Event(string id, string? origin)
    {
        var from = origin is null ? "" : $",\"originSession\":\"{origin}\"";
        return $$"""{"id":"{{id}}","type":"test.bus","source":"test","payload":{},"ts":1771372800000{{from}}}""";
    }

    private static async Task JoinAsync(DurableRedis redis, GatewayProcess gateway, string session, int leaseMs)
    {
        var lease = $$"""{"sid":"{{session}}","role":"satellite","kind":"pi-terminal","nonce":"n"}""";
        await redis.CommandAsync("SET", $"agent:session:{session}", lease, "PX", $"{leaseMs}");
        await redis.CommandAsync("SADD", "agent:gateway:sessions", session);
        await Wait.Until(
            async () => (await gateway.Api.GetAsync("/v1/sessions")).Text.Contains(session),
            $"{session} to be seen"
        );
    }

    private static async Task ReportAsync(
        DurableRedis redis,
        string state,
        string id,
        string? row,
        string session = "pid-7"
    )
    {
        var tail = row is null ? "" : $",\"event\":{System.Text.Json.JsonSerializer.Serialize(row)}";
        await redis.CommandAsync(
            "LPUSH",
            "agent:receipts",
            $$"""{"id":"{{id}}","session":"{{session}}","state":"{{state}}","turn":"{{Turn}}"{{tail}}}"""
        );
    }

    private static Task<EventReceipt> UntilAsync(
        GatewayProcess gateway,
        string id,
        string session,
        string state,
        TimeSpan? atMost = null
    ) =>
        Wait.For(
            async () =>
            {
                var answer = await gateway.Api.GetAsync($"/v1/events/{id}");
                if (answer.Status != HttpStatusCode.OK)
                    return null;
                var receipt = EventReceipt.Parse(answer.Json);
                return receipt.Deliveries.Any(d => d.Session == session && d.State == state) ? receipt : null;
            },
            $"{id} to be {state} for {session}",
            atMost
        );
}
