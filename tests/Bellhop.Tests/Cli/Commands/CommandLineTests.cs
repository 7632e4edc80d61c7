using System.Text.Json.Nodes;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("bogus")]
    [InlineData("push")]
    [InlineData("trace")]
    [InlineData("events --state bogus")]
    [InlineData("events --limit 0")]
    [InlineData("dead replay")]
    [InlineData("dead replay X --all")]
    [InlineData("completion tcsh")]
    [InlineData("push x --wait soon later")]
    [InlineData("push x --wait 60d")]
    [InlineData("push x --payload hello")]
    [InlineData("push x --payload [1]")]
    [InlineData("push x --payload @/no/such/file")]
    [InlineData("push x --origin not@session")]
    public async Task RunAsync_WrongUse_Is2AndSaysWhy(string line)
    {
        var run = await CommandRun.RunAsync(_home, line.Split(' '));

        run.Code.ShouldBe(2);
        run.Error.ShouldNotBeEmpty();
        run.Error.ShouldNotContain("   at ");
        Directory.GetFiles(_home.Home.Folder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("status")]
    [InlineData("sessions")]
    [InlineData("events")]
    [InlineData("events --follow")]
    [InlineData("trace x")]
    [InlineData("dead list")]
    [InlineData("dead show x")]
    [InlineData("dead replay x")]
    [InlineData("dead drop x")]
    [InlineData("send hello")]
    [InlineData("push x --wait")]
    public async Task RunAsync_NoGateway_Is3(string line)
    {
        var run = await CommandRun.RunAsync(_home, line.Split(' '));

        run.Code.ShouldBe(3);
        run.Error.ShouldContain("bellhop up");
    }

    [Fact]
    public async Task RunAsync_SocketOfADeadRun_Is3()
    {
        await using (await FakeApi.StartAsync(_home.Home)) { }
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(_home.Home.Socket)); // a file, and nobody listens

        (await CommandRun.RunAsync(_home, "status")).Code.ShouldBe(3);
    }

    [Fact]
    public async Task RunAsync_BadConfiguration_Is78WithEveryFault()
    {
        _home.Configure("""{ "listn": 1, "agent": { "kind": "pie" } }""");

        var run = await CommandRun.RunAsync(_home, "config", "check");

        run.Code.ShouldBe(78);
        run.Error.ShouldContain("listn");
        run.Error.ShouldContain("agent.kind");
    }

    [Fact]
    public async Task RunAsync_ConfigCheckAsJson_IsOneFaultALineAnd78()
    {
        _home.Configure("""{ "listn": 1, "agent": { "kind": "pie" } }""");

        var run = await CommandRun.RunAsync(_home, "config", "check", "--json");

        run.Code.ShouldBe(78);
        run.Error.ShouldBeEmpty();
        var faults = run.Out.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!["key"]!.GetValue<string>());
        faults.ShouldBe(["listn", "agent.kind"]);
    }

    [Fact]
    public async Task RunAsync_WrongUseBelowACommand_NamesTheWholeCommand()
    {
        var run = await CommandRun.RunAsync(_home, "config", "check", "extra");

        run.Error.ShouldEndWith("See 'bellhop config check --help'.\n");
    }

    [Fact]
    public async Task RunAsync_StateThatIsNone_ListsThoseThereAreOnLinesOfTheirOwn()
    {
        var run = await CommandRun.RunAsync(_home, "events", "--state", "bogus");

        run.Error.ShouldContain("\n  'queued'\n");
    }

    [Theory]
    [InlineData("/h")]
    [InlineData("/?")]
    public async Task RunAsync_TextWithASlash_IsNoHelp(string text)
    {
        (await CommandRun.RunAsync(_home, "send", text)).Code.ShouldBe(3);
    }

    [Fact]
    public async Task RunAsync_Up_BadConfigurationIs78()
    {
        _home.Configure("""{ "bus": { "kind": "redis" } }""");

        var run = await CommandRun.RunAsync(_home, "up");

        run.Code.ShouldBe(78);
        run.Error.ShouldContain("bus.kind = \"redis\"");
    }

    [Fact]
    public async Task RunAsync_HomeTooLongForASocket_Is78WithTheMend()
    {
        var run = await CommandRun.RunWithAsync(
            _home,
            "",
            e => e["BELLHOP_HOME"] = Path.Combine(_home.Home.Folder, new string('x', 90)),
            "status"
        );

        run.Code.ShouldBe(78);
        run.Error.ShouldContain("Set BELLHOP_HOME to a shorter folder");
    }

    [Fact]
    public async Task RunAsync_AnswerThatIsNotOurs_IsOneLineAnd1()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On("GET /v1/status", "not json");

        var run = await CommandRun.RunAsync(_home, "status");

        run.Code.ShouldBe(1);
        run.Error.TrimEnd('\n').ShouldNotContain("\n");
        run.Error.ShouldContain("--verbose");
        (await CommandRun.RunAsync(_home, "status", "--verbose")).Error.ShouldContain("   at ");
    }

    [Fact]
    public async Task RunAsync_ConfigShow_PrintsNoSecret()
    {
        var run = await CommandRun.RunWithAsync(
            _home,
            "",
            e => e["BELLHOP__BUS__PASSWORD"] = "hunter2",
            "config",
            "show"
        );
        var json = await CommandRun.RunWithAsync(
            _home,
            "",
            e => e["BELLHOP__BUS__PASSWORD"] = "hunter2",
            "config",
            "show",
            "--json"
        );

        run.Code.ShouldBe(0);
        run.Out.ShouldContain("BELLHOP__BUS__PASSWORD");
        (run.Out + json.Out).ShouldNotContain("hunter2");
        json.Out.ShouldContain("""{"key":"bus.password","value":"***","origin":"BELLHOP__BUS__PASSWORD"}""");
    }

    [Fact]
    public async Task RunAsync_Help_CallsItselfBellhop()
    {
        var run = await CommandRun.RunAsync(_home, "push", "--help");

        run.Code.ShouldBe(0);
        run.Out.ShouldContain("bellhop push <type>");
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task RunAsync_Completion_PrintsAScript(string shell)
    {
        var run = await CommandRun.RunAsync(_home, "completion", shell);

        run.Code.ShouldBe(0);
        run.Out.ShouldContain("[suggest:");
    }

    [Fact]
    public async Task RunAsync_Suggest_CompletesACommand()
    {
        (await CommandRun.RunAsync(_home, "[suggest:2]", "tr")).Out.ShouldContain("trace");
    }
}
