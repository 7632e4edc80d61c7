using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Commands;

public sealed class PermissionsCommandTests : IAsyncLifetime
{
    private const string Request =
        """{"id":"k7m2q9","session":"gateway","turn":"01M7YEK2Z8YQN5VNXE18Z5GGNV","title":"touch x\u202e","kind":"execute","input":"{\"command\":\"touch x\"}","options":[{"id":"once","name":"This time","kind":"allow_once"}],"answers":["allow","deny","once"],"askedAt":"2020-11-21T07:10:57.312Z","expiresAt":"2020-11-21T07:20:57.312Z"}""";

    private readonly TemporaryHome _home = new();
    private FakeApi _api = null!;

    public async ValueTask InitializeAsync() =>
        _api = (await FakeApi.StartAsync(_home.Home)).On(
            "GET /v1/permissions",
            $$"""{"permissions":[{{Request}},{{Request}}]}"""
        );

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Permissions_ForAPerson_IsATableThatNamesTheCommands()
    {
        var run = await CommandRun.RunAsync(_home, "permissions");

        run.Code.ShouldBe(0, run.Error);
        var lines = run.Out.Split('\n');
        lines[0].ShouldMatch("^ID +ASKED +EXPIRES +SESSION +TOOL +WHAT$");
        lines[1].ShouldMatch(@"^k7m2q9 +\d+ d ago +now +gateway +execute +touch x\\u\{202e\}$");
        run.Out.ShouldContain("bellhop permissions allow ID");
    }

    [Fact]
    public async Task Permissions_Json_PrintsTheApisObjectsOneALine() =>
        (await CommandRun.RunAsync(_home, "permissions", "--json")).ShouldBe(
            new CommandRun(0, $"{Request}\n{Request}\n", "")
        );

    [Fact]
    public async Task Permissions_NothingWaits_SaysSo()
    {
        _api.On("GET /v1/permissions", """{"permissions":[]}""");
        (await CommandRun.RunAsync(_home, "permissions")).Out.ShouldBe("Nothing waits for a person.\n");
        (await CommandRun.RunAsync(_home, "permissions", "--json")).Out.ShouldBe("");
    }

    [Fact]
    public async Task Show_ById_TellsAllOfIt()
    {
        var run = await CommandRun.RunAsync(_home, "permissions", "show", "k7m2q9");

        run.Out.ShouldContain("input   {\"command\":\"touch x\"}\n");
        run.Out.ShouldContain("option  once  allow_once: This time\n");
        run.Out.ShouldContain("what    touch x\\u{202e}\n");
        (await CommandRun.RunAsync(_home, "permissions", "show", "other")).ShouldBe(
            new CommandRun(1, "", "No request other waits.\n")
        );
    }

    [Fact]
    public async Task Show_AsJson_IsWhatTheListHas() =>
        (await CommandRun.RunAsync(_home, "permissions", "show", "k7m2q9", "--json")).Out.ShouldBe($"{Request}\n");

    [Theory]
    [InlineData("allow", null, """{"option":"allow"}""")]
    [InlineData("deny", null, """{"option":"deny"}""")]
    [InlineData("allow", "always", """{"option":"always"}""")]
    public async Task Answer_ById_SendsItAndSaysWhatWasTaken(string word, string? option, string body)
    {
        _api.On("POST /v1/permissions/k7m2q9", """{"id":"k7m2q9","decision":"allowed","option":"once"}""");

        var run = await CommandRun.RunAsync(
            _home,
            ["permissions", word, "k7m2q9", .. option is null ? (string[])[] : ["--option", option]]
        );

        run.ShouldBe(new CommandRun(0, "allowed (once)\n", ""));
        _api.Requests.ShouldHaveSingleItem().Body.ShouldBe(body);
    }

    [Fact]
    public async Task Answer_TooLate_SaysWhyAndFails()
    {
        _api.On(
            "POST /v1/permissions/k7m2q9",
            """{"error":{"code":"BH-4093","message":"The permission request is settled already: expired."}}""",
            409
        );
        (await CommandRun.RunAsync(_home, "permissions", "deny", "k7m2q9")).ShouldBe(
            new CommandRun(1, "", "BH-4093: The permission request is settled already: expired.\n")
        );
    }
}
