using Bellhop.Cli.Setup;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Setup;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Load_NoFile_TakesEveryDefault()
    {
        var configuration = Load();

        configuration.Settings.ShouldAllBe(s => s.Origin == GivenValue.Default);
        configuration.Get<Endpoint>("listen").ToString().ShouldBe("127.0.0.1:3018");
        configuration.Get<TimeSpan>("routing.adoptAfter").ShouldBe(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void Load_CommentsAndTrailingCommas_AreAllowed()
    {
        _home.Configure(
            """
            // a comment
            { "agent": { /* another */ "kind": "echo", "command": ["a", "b",], }, }
            """
        );

        var configuration = Load();

        configuration.Get<string>("agent.kind").ShouldBe("echo");
        configuration.Get<IReadOnlyList<string>>("agent.command").ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Load_ValueFromFile_NamesItsLineAsOrigin()
    {
        _home.Configure("{\n  \"agent\": {\n    \"kind\": \"echo\"\n  }\n}");

        Load().Settings.Single(s => s.Setting.Path == "agent.kind").Origin.ShouldBe($"{_home.Home.Config} line 3");
    }

    [Theory]
    [InlineData("""{ "agnet": {} }""", "agnet", "Did you mean agent?")]
    [InlineData("""{ "agent": { "knid": "pi" } }""", "agent.knid", "Did you mean agent.kind?")]
    [InlineData("""{ "kind": "pi" }""", "kind", "Did you mean bus.kind?")]
    [InlineData("""{ "agent": { "zzzzzzzz": 1 } }""", "agent.zzzzzzzz", "Known here: kind, command")]
    [InlineData("""{ "agent": "pi" }""", "agent", "is a section")]
    [InlineData("""{ "listen": "[::1]:1", "listen": "[::1]:2" }""", "listen", "is given twice")]
    [InlineData("""{ "listen": 3018 }""", "listen", "an address and a port")]
    [InlineData("""{ "listen": "3018" }""", "listen", "an address and a port")]
    [InlineData("""{ "listen": null }""", "listen", "null is no value here")]
    [InlineData("""{ "allowedHosts": "a" }""", "allowedHosts", "a list of strings")]
    [InlineData("""{ "bus": { "kind": "redis" } }""", "bus.kind", "needs bus.url")]
    [InlineData("""{ "bus": { "kind": "embeded" } }""", "bus.kind", "Did you mean embedded?")]
    [InlineData("""{ "bus": { "prefix": "a b" } }""", "bus.prefix", "must be 1 to 64 of")]
    [InlineData("""{ "bus": { "passwordFile": "nowhere" } }""", "bus.passwordFile", "cannot be read")]
    [InlineData("""{ "bus": { "resp": "0.0.0.0:6379" } }""", "bus.resp", "Set bus.password")]
    [InlineData("""{ "agent": { "kind": "acp" } }""", "agent.kind", "needs agent.command: an agent that speaks ACP")]
    [InlineData("""{ "agent": { "permissions": "ask" } }""", "agent.permissions", "only an agent of kind acp asks")]
    [InlineData("""{ "agent": { "permissionTimeout": "8d" } }""", "agent.permissionTimeout", "from 1s to 7d")]
    [InlineData("""{ "agent": { "permissionTimeout": "soon" } }""", "agent.permissionTimeout", "a whole number with s")]
    [InlineData("""{ "agent": { "turnDeadline": "60d" } }""", "agent.turnDeadline", "from 1s to 40d")]
    [InlineData("""{ "agent": { "readyTimeout": "41d" } }""", "agent.readyTimeout", "from 1s to 40d")]
    [InlineData("""{ "agent": { "kind": "command" } }""", "agent.kind", "needs agent.command")]
    [InlineData("""{ "agent": { "cwd": "/no/such/folder" } }""", "agent.cwd", "there is no folder")]
    [InlineData("""{ "agent": { "env": ["A"] } }""", "agent.env", "must be names with strings")]
    [InlineData("""{ "agent": { "turnDeadline": 600 } }""", "agent.turnDeadline", "a whole number with s, m, h or d")]
    [InlineData("""{ "retry": { "attempts": 0 } }""", "retry.attempts", "from 1 to 100")]
    [InlineData("""{ "retry": { "attempts": "3" } }""", "retry.attempts", "from 1 to 100")]
    [InlineData("[]", "(file)", "must start with {")]
    public void Load_OneFault_NamesKeyAndMend(string json, string key, string mend)
    {
        _home.Configure(json);

        var fault = Faults().ShouldHaveSingleItem();

        fault.Key.ShouldBe(key);
        fault.Mend.ShouldContain(mend);
        fault.Where.ShouldContain("config.json");
    }

    [Fact]
    public void Load_BrokenJson_NamesTheLine()
    {
        _home.Configure("{\n  \"listen\": \"127.0.0.1:0\"\n  \"bus\": {}\n}");

        Faults().ShouldHaveSingleItem().Where.ShouldEndWith("line 3");
    }

    [Fact]
    public void Load_SeveralFaults_ListsAllWithValueAndPlace()
    {
        _home.Configure("{\n  \"listn\": 1,\n  \"agent\": {\n    \"kind\": \"pie\" } }");

        var e = Should.Throw<ConfigurationException>(() => Load(("BELLHOP__RETRY__ATTEMPTS", "many")));

        e.Faults.Count.ShouldBe(3);
        e.Message.ShouldContain("has 3 faults");
        e.Message.ShouldContain($"listn ({_home.Home.Config} line 2): is not a setting. Did you mean listen?");
        e.Message.ShouldContain($"agent.kind = \"pie\" ({_home.Home.Config} line 4): must be one of");
        e.Message.ShouldContain("retry.attempts = \"many\" (BELLHOP__RETRY__ATTEMPTS): must be a whole number");
    }

    [Fact]
    public void Load_Environment_OverridesTheFile()
    {
        _home.Configure("""{ "agent": { "kind": "pi" }, "retry": { "attempts": 5 } }""");

        var configuration = Load(("BELLHOP__AGENT__KIND", "echo"), ("bellhop__retry__attempts", "7"));

        configuration.Get<string>("agent.kind").ShouldBe("echo");
        configuration.Get<long>("retry.attempts").ShouldBe(7);
        configuration.Settings.Single(s => s.Setting.Path == "agent.kind").Origin.ShouldBe("BELLHOP__AGENT__KIND");
    }

    [Fact]
    public void Load_ItemsByIndex_ReplaceAndAppend()
    {
        _home.Configure("""{ "agent": { "command": ["pi", "--old"] } }""");

        var configuration = Load(("BELLHOP__AGENT__COMMAND__2", "--more"), ("BELLHOP__AGENT__COMMAND__0", "/bin/pi"));

        configuration.Get<IReadOnlyList<string>>("agent.command").ShouldBe(["/bin/pi", "--old", "--more"]);
    }

    [Fact]
    public void Load_ElevenItems_KeepTheirOrder()
    {
        var items = Enumerable.Range(0, 11).Select(i => ($"BELLHOP__AGENT__COMMAND__{i}", $"a{i}")).Reverse();

        Load([.. items])
            .Get<IReadOnlyList<string>>("agent.command")
            .ShouldBe(Enumerable.Range(0, 11).Select(i => $"a{i}"));
    }

    [Fact]
    public void Load_MapEntries_KeepTheirCase()
    {
        _home.Configure("""{ "agent": { "env": { "A": "1" } } }""");

        var env = Load(("BELLHOP__AGENT__ENV__my_Key", "x")).Get<IReadOnlyDictionary<string, string>>("agent.env");

        env.ShouldBe(new Dictionary<string, string> { ["A"] = "1", ["my_Key"] = "x" }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("BELLHOP__AGENT__COMMAND__1", "agent.command", "counted from 0 without gaps")]
    [InlineData("BELLHOP__AGENT__COMMAND", "agent.command", "use BELLHOP__AGENT__COMMAND__0")]
    [InlineData("BELLHOP__AGENT__KNID", "BELLHOP__AGENT__KNID", "Did you mean BELLHOP__AGENT__KIND?")]
    [InlineData("BELLHOP__QQQQQQQQQQ", "BELLHOP__QQQQQQQQQQ", "config show")]
    public void Load_BadVariable_NamesItAndTheMend(string name, string key, string mend)
    {
        var fault = Should.Throw<ConfigurationException>(() => Load((name, "x"))).Faults.ShouldHaveSingleItem();

        fault.Key.ShouldBe(key);
        fault.Mend.ShouldContain(mend);
    }

    [Fact]
    public void Load_NullForOptional_IsTaken()
    {
        Load(("BELLHOP__BUS__RESP", "null")).Find<Endpoint>("bus.resp").ShouldBeNull();
    }

    [Fact]
    public void Load_PasswordTwice_SaysWhichToKeep()
    {
        File.WriteAllText(Path.Combine(_home.Home.Folder, "password"), "x");
        _home.Configure("""{ "bus": { "password": "hunter2", "passwordFile": "password" } }""");

        Faults().ShouldHaveSingleItem().Mend.ShouldContain("Keep one of the two");
    }

    [Fact]
    public void Message_BadSecret_HidesIt()
    {
        _home.Configure("""{ "bus": { "password": ["hunter2"] } }""");

        Should.Throw<ConfigurationException>(() => Load()).Message.ShouldNotContain("hunter2");
    }

    [Fact]
    public void Shown_SecretsAndPassedVariables_AreHidden()
    {
        _home.Configure("""{ "bus": { "password": "hunter2" }, "agent": { "env": { "KEY": "sk-1" } } }""");

        var shown = Load().Settings.Select(s => $"{s.Setting.Path}={s.Shown}").ToList();

        shown.ShouldContain("bus.password=***");
        shown.ShouldContain("""agent.env={"KEY":"***"}""");
    }

    private Configuration Load(params (string Name, string Value)[] variables)
    {
        var environment = _home.Environment;
        foreach (var (name, value) in variables)
            environment[name] = value;
        return Configuration.Load(_home.Home, environment);
    }

    private IReadOnlyList<ConfigurationFault> Faults() => Should.Throw<ConfigurationException>(() => Load()).Faults;
}
