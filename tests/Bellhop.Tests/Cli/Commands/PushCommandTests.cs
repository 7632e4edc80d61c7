using System.Text.Json;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Commands;

public sealed class PushCommandTests : IDisposable
{
    private const string Accepted =
        """{"events":[{"key":"01M7YEK2Z8YQN5VNXE18Z5GGNV","id":"x","state":"accepted","duplicate":false,"sessions":["gateway"]}]}""";

    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Push_GatewayDown_SpoolsAndSaysSo()
    {
        var run = await CommandRun.RunAsync(_home, "push", "download.complete", "--payload", """{"a":1}""", "--json");

        run.Code.ShouldBe(0);
        using var said = JsonDocument.Parse(run.Out);
        said.RootElement.GetProperty("state").GetString().ShouldBe("spooled");
        var file = Spool.Files(_home.Home).ShouldHaveSingleItem();
        Path.GetFileName(file).ShouldBe($"{said.RootElement.GetProperty("id").GetString()}.json");
        using var body = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        body.RootElement.GetProperty("type").GetString().ShouldBe("download.complete");
        body.RootElement.GetProperty("source").GetString().ShouldBe("cli");
        body.RootElement.GetProperty("payload").GetProperty("a").GetInt32().ShouldBe(1);
        body.RootElement.GetProperty("ts").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Push_GatewayDownAndWait_SpoolsAndIs3()
    {
        (await CommandRun.RunAsync(_home, "push", "--wait", "x")).Code.ShouldBe(3);

        Spool.Files(_home.Home).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Push_ConnectionBreaks_SpoolsTheSameEvent()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).BreakOn("POST /v1/events");

        var run = await CommandRun.RunAsync(_home, "push", "x");

        run.Code.ShouldBe(0);
        var spooled = await File.ReadAllTextAsync(
            Spool.Files(_home.Home).Single(),
            TestContext.Current.CancellationToken
        );
        api.Requests.ShouldAllBe(r => r.Body == spooled);
    }

    [Fact]
    public async Task Push_GatewayNotReady_Spools()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On("POST /v1/events", Fault("BH-5031"), 503);

        (await CommandRun.RunAsync(_home, "push", "x")).Code.ShouldBe(0);

        Spool.Files(_home.Home).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(429)]
    [InlineData(507)]
    public async Task Push_Refused_Is4AndSpoolsNothing(int status)
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On("POST /v1/events", Fault("BH-4291"), status);

        var run = await CommandRun.RunAsync(_home, "push", "x");

        run.Code.ShouldBe(4);
        run.Error.ShouldBe("Not accepted: BH-4291: No.\n");
        Directory.GetFiles(_home.Home.Spool).ShouldBeEmpty();
    }

    [Fact]
    public async Task Push_TooLarge_Is4WithoutAGateway()
    {
        var payload = $$"""{"a":"{{new string('x', EventLimits.MaxBytes)}}"}""";

        var run = await CommandRun.RunWithAsync(_home, payload, null, "push", "x", "--payload", "-");

        run.Code.ShouldBe(4);
        run.Error.ShouldContain("BH-4131");
        Directory.Exists(_home.Home.Spool).ShouldBeFalse();
    }

    [Fact]
    public async Task Push_Accepted_PrintsTheApisObject()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On("POST /v1/events", Accepted, 202);

        var run = await CommandRun.RunAsync(_home, "push", "x", "--json");

        run.ShouldBe(new CommandRun(0, Accepted[11..^2] + "\n", ""));
    }

    [Fact]
    public async Task Push_Options_StandInTheEvent()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On("POST /v1/events", Accepted, 202);
        var file = Path.Combine(_home.Home.Folder, "payload");
        await File.WriteAllTextAsync(file, """{"b":2}""", TestContext.Current.CancellationToken);

        await CommandRun.RunAsync(
            _home,
            "push",
            "x",
            "--source",
            "me",
            "--id",
            "7",
            "--origin",
            "pid-1",
            "--payload",
            $"@{file}"
        );

        using var body = JsonDocument.Parse(api.Requests.Single().Body);
        body.RootElement.GetProperty("source").GetString().ShouldBe("me");
        body.RootElement.GetProperty("id").GetString().ShouldBe("7");
        body.RootElement.GetProperty("originSession").GetString().ShouldBe("pid-1");
        body.RootElement.GetProperty("payload").GetRawText().ShouldBe("""{"b":2}""");
    }

    [Fact]
    public async Task Push_InsideASession_TakesItAsOrigin()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On("POST /v1/events", Accepted, 202);

        await CommandRun.RunWithAsync(_home, "", e => e["BELLHOP_SESSION"] = "pid-9", "push", "x");

        api.Requests.Single().Body.ShouldContain("\"originSession\":\"pid-9\"");
    }

    [Theory]
    [InlineData("completed", "null", 0, "the answer\n", "")]
    [InlineData("dead", "\"empty reply\"", 1, "the answer\n", "gateway: dead, empty reply")]
    public async Task Push_Wait_PrintsTheAnswerOrWhyThereIsNone(
        string state,
        string reason,
        int code,
        string said,
        string why
    )
    {
        await using var api = (await FakeApi.StartAsync(_home.Home))
            .On("POST /v1/events", Accepted, 202)
            .On("GET /v1/events/01M7YEK2Z8YQN5VNXE18Z5GGNV", Receipts.Json(state, reason, "the answer"));

        var run = await CommandRun.RunAsync(_home, "push", "x", "--wait", "5s");

        run.Code.ShouldBe(code);
        run.Out.ShouldBe(said);
        run.Error.ShouldContain(why);
    }

    [Theory]
    [InlineData("hold/night", "released", 0)]
    [InlineData("pid-4444", "adopted", 0)]
    [InlineData("pid-4444", "night", 1)]
    public async Task Push_WaitAndOneDeliveryWasDropped_CountsItUnlessItMovedOn(string from, string reason, int code)
    {
        var answered = Receipts.Make("completed", null, "the answer");
        var left = answered.Deliveries[0] with { Session = from, State = "dropped", Reason = reason, Replies = [] };
        var receipt = answered with { Deliveries = [left, .. answered.Deliveries] };
        await using var api = (await FakeApi.StartAsync(_home.Home))
            .On("POST /v1/events", Accepted, 202)
            .On(
                "GET /v1/events/01M7YEK2Z8YQN5VNXE18Z5GGNV",
                JsonSerializer.Serialize(receipt, BellhopJson.Plain.ReceiptDto)
            );

        var run = await CommandRun.RunAsync(_home, "push", "x", "--wait", "40d");

        (run.Code, run.Out).ShouldBe((code, "the answer\n"));
    }

    [Fact]
    public async Task Push_WaitAndTheGatewayStops_Is3AndSaysThatItWasAccepted()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home))
            .On("POST /v1/events", Accepted, 202)
            .BreakOn("GET /v1/events/01M7YEK2Z8YQN5VNXE18Z5GGNV");

        var run = await CommandRun.RunAsync(_home, "push", "x", "--wait");

        run.Code.ShouldBe(3);
        run.Error.ShouldStartWith("Accepted, but Bellhop stopped");
        run.Error.ShouldContain("bellhop trace 01M7YEK2Z8YQN5VNXE18Z5GGNV");
        Spool.Files(_home.Home).ShouldBeEmpty();
    }

    [Fact]
    public async Task Push_WaitRunsOut_Is4AndSaysSo()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home))
            .On("POST /v1/events", Accepted, 202)
            .On("GET /v1/events/01M7YEK2Z8YQN5VNXE18Z5GGNV", Receipts.Json("queued", "null", null));

        var run = await CommandRun.RunAsync(_home, "push", "x", "--wait", "1s");

        run.Code.ShouldBe(4);
        run.Error.ShouldContain("No answer within 1s");
    }

    private static string Fault(string code) => $$$"""{"error":{"code":"{{{code}}}","message":"No."}}""";
}
