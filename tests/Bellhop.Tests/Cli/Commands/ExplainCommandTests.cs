using System.Text.Json.Nodes;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Commands;

public sealed class ExplainCommandTests : IAsyncLifetime
{
    private const string Explanation = """
        {"event":{"id":null,"type":"a","source":"b","kind":"machine","origin":null,"list":null},"outcome":"delivered",
        "basis":"central","rule":null,"sessions":[],"repeats":null,"deliveries":null,"because":["One.","Two\u001b[31m."]}
        """;

    private readonly TemporaryHome _home = new();
    private FakeApi _api = null!;

    public async ValueTask InitializeAsync() =>
        _api = (await FakeApi.StartAsync(_home.Home)).On("POST /v1/explain", Explanation);

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Explain_TypeWithOptions_AsksForTheEventThatPushWouldMake()
    {
        var run = await CommandRun.RunAsync(
            _home,
            ["explain", "build.broken", "--source", "ci", "--origin", "pid-7", "--list", "main", "--id", "x"]
        );

        run.Code.ShouldBe(0, run.Error);
        run.Out.ShouldStartWith("One.\nTwo");
        run.Out.ShouldNotContain('\u001b');
        var asked = Asked().ShouldHaveSingleItem();
        ((string?)asked["list"]).ShouldBe("main");
        var e = asked["event"]!;
        ((string?)e["type"], (string?)e["source"], (string?)e["originSession"], (string?)e["id"]).ShouldBe(
            ("build.broken", "ci", "pid-7", "x")
        );
    }

    [Fact]
    public async Task Explain_BareWord_IsAStoredEventFirst()
    {
        await CommandRun.RunAsync(_home, "explain", "nightly");

        Asked().ShouldHaveSingleItem()["id"]!.GetValue<string>().ShouldBe("nightly");
    }

    [Fact]
    public async Task Explain_WordThatNoEventHas_IsAType()
    {
        var first = true;
        _api.On(
            "POST /v1/explain",
            _ =>
            {
                var unknown = first;
                first = false;
                return unknown ? ("""{"error":{"code":"BH-4040","message":"No event."}}""", 404) : (Explanation, 200);
            }
        );

        var run = await CommandRun.RunWithAsync(_home, "", e => e["BELLHOP_SESSION"] = "pid-9", "explain", "a.b");

        run.Code.ShouldBe(0, run.Error);
        var e = Asked()[1]["event"]!;
        ((string?)e["type"], (string?)e["source"], (string?)e["originSession"]).ShouldBe(("a.b", "cli", "pid-9"));
    }

    [Fact]
    public async Task Explain_FromStandardInput_SendsTheEventAsItIs()
    {
        var run = await CommandRun.RunWithAsync(_home, """{"type":"a","x":[1]}""", null, "explain", "-", "--json");

        run.Code.ShouldBe(0, run.Error);
        JsonNode.Parse(run.Out)!["basis"]!.GetValue<string>().ShouldBe("central");
        Asked().ShouldHaveSingleItem()["event"]!.ToJsonString().ShouldBe("""{"type":"a","x":[1]}""");
    }

    [Fact]
    public async Task Explain_FileThatIsNoEvent_SaysWhich()
    {
        var run = await CommandRun.RunWithAsync(_home, "[", null, "explain", "-");

        run.Code.ShouldBe(2);
        run.Error.ShouldStartWith("The event is not JSON: line 1");
    }

    [Theory]
    [InlineData(0, "Nothing is held by night.\n")]
    [InlineData(1, "released 1 event\n")]
    [InlineData(1200, "released 1,200 events\n")]
    public async Task Release_SaysHowMany(int count, string says)
    {
        _api.On("POST /v1/release", $$"""{"of":"night","released":{{count}}}""");

        var run = await CommandRun.RunAsync(_home, "release", "night");

        (run.Code, run.Out).ShouldBe((0, says));
    }

    private List<JsonNode> Asked() => [.. _api.Requests.Select(r => JsonNode.Parse(r.Body)!)];
}
