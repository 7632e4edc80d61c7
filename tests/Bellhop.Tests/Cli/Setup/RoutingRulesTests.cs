using Bellhop.Cli.Setup;
using Bellhop.Routing;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Setup;

public sealed class RoutingRulesTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Load_Rules_AreReadInOrderWithTheirDefaults()
    {
        Configure(
            """
            { "name": "builds", "type": "build.*", "source": "ci/*", "sessions": ["main", "origin", "pid-1"] },
            { "name": "noise", "type": "memory.observed", "drop": true }, // comments may stand here too
            { "name": "night", "hold": true },
            """
        );

        var rules = RoutingRules.From(Load()).Rules;

        rules
            .Select(r => (r.Name, r.Type, r.Source, r.Action))
            .ShouldBe([
                ("builds", "build.*", "ci/*", RuleAction.Sessions),
                ("noise", "memory.observed", "*", RuleAction.Drop),
                ("night", "*", "*", RuleAction.Hold),
            ]);
        rules[0].Sessions.Select(s => s.Value).ShouldBe(["gateway", "pid-1"]);
        rules[0].ToOrigin.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{ "type": "a", "drop": true }""", "routing.rules[0].name", "is missing")]
    [InlineData("""{ "name": "a b", "drop": true }""", "routing.rules[0].name", "1 to 64 of")]
    [InlineData("""{ "name": "a" }""", "routing.rules[0]", "exactly one of")]
    [InlineData("""{ "name": "a", "drop": true, "hold": true }""", "routing.rules[0]", "exactly one of")]
    [InlineData("""{ "name": "a", "drop": false }""", "routing.rules[0]", "exactly one of")]
    [InlineData("""{ "name": "a", "drop": "yes" }""", "routing.rules[0].drop", "true or false")]
    [InlineData("""{ "name": "a", "drop": true, "typ": "x" }""", "routing.rules[0].typ", "Did you mean type?")]
    [InlineData("""{ "name": "a", "drop": true, "type": "" }""", "routing.rules[0].type", "not empty")]
    [InlineData("""{ "name": "a", "drop": true, "type": null }""", "routing.rules[0].type", "null is no value")]
    [InlineData("""{ "name": "a", "sessions": ["pid 1"] }""", "routing.rules[0]", "is no session")]
    [InlineData("""{ "name": "adopted", "drop": true }""", "routing.rules[0]", "is taken")]
    [InlineData("""{ "name": "a", "drop": true, "drop": true }""", "routing.rules[0]", "each key stands once")]
    [InlineData("\"a\"", "routing.rules[0]", "must be an object")]
    [InlineData("""{ "name": "a", "drop": true }, { "name": "a", "hold": true }""", "routing.rules[1].name", "its own")]
    public void Load_BadRule_NamesPlaceAndMend(string rules, string key, string mend)
    {
        Configure(rules);

        var fault = Should.Throw<ConfigurationException>(() => Load()).Faults.ShouldHaveSingleItem();

        fault.Key.ShouldBe(key);
        fault.Mend.ShouldContain(mend);
        fault.Where.ShouldContain("config.json line 1");
    }

    [Fact]
    public void Load_SeveralBadRules_ListsEveryFaultWithItsValue()
    {
        Configure("""{ "name": "a", "type": 5, "drop": "x" }, { "nam": "b", "hold": true }""");

        Should
            .Throw<ConfigurationException>(() => Load())
            .Faults.Select(f => (f.Key, f.Value))
            .ShouldBe([
                ("routing.rules[0].type", "5"),
                ("routing.rules[0].drop", "\"x\""),
                ("routing.rules[1].nam", "\"b\""),
                ("routing.rules[1].name", null),
            ]);
    }

    [Fact]
    public void Load_NoList_IsRefused()
    {
        _home.Configure("""{ "routing": { "rules": { "name": "a" } } }""");

        Should.Throw<ConfigurationException>(() => Load()).Message.ShouldContain("must be a list of objects");
    }

    [Fact]
    public void Load_EnvironmentByIndex_ReplacesFieldsAndAppends()
    {
        Configure("""{ "name": "a", "type": "x", "drop": true }""");

        var rules = RoutingRules
            .From(
                Load(
                    ("BELLHOP__ROUTING__RULES__0__TYPE", "y.*"),
                    ("BELLHOP__ROUTING__RULES__1__NAME", "b"),
                    ("bellhop__routing__rules__1__sessions__0", "origin"),
                    ("BELLHOP__ROUTING__RULES__1__SESSIONS__1", "pid-1"),
                    ("BELLHOP__ROUTING__RULES__2__NAME", "c"),
                    ("BELLHOP__ROUTING__RULES__2__HOLD", "true")
                )
            )
            .Rules;

        rules
            .Select(r => (r.Name, r.Type, r.Action))
            .ShouldBe([("a", "y.*", RuleAction.Drop), ("b", "*", RuleAction.Sessions), ("c", "*", RuleAction.Hold)]);
        rules[1].ToOrigin.ShouldBeTrue();
        rules[1].Sessions.ShouldHaveSingleItem().Value.ShouldBe("pid-1");
    }

    [Theory]
    [InlineData("BELLHOP__ROUTING__RULES", "is set in parts: use BELLHOP__ROUTING__RULES__0__NAME")]
    [InlineData("BELLHOP__ROUTING__RULES__0", "counted from 0 without gaps, and a field")]
    [InlineData("BELLHOP__ROUTING__RULES__3__NAME", "counted from 0 without gaps")]
    [InlineData("BELLHOP__ROUTING__RULES__X__NAME", "counted from 0 without gaps")]
    [InlineData("BELLHOP__ROUTING__RULES__0__NAM", "names no field. Known here: name, type")]
    [InlineData("BELLHOP__ROUTING__RULES__0__SESSIONS", "is set in parts: end it in __SESSIONS__0")]
    [InlineData("BELLHOP__ROUTING__RULES__0__TYPE__0", "goes too deep")]
    public void Load_BadVariable_SaysWhatItTakes(string name, string mend)
    {
        Configure("""{ "name": "a", "drop": true }""");

        var fault = Should.Throw<ConfigurationException>(() => Load((name, "x"))).Faults.ShouldHaveSingleItem();

        fault.Where.ShouldBe(name);
        fault.Mend.ShouldContain(mend);
    }

    private void Configure(string rules) => _home.Configure($$"""{ "routing": { "rules": [ {{rules}} ] } }""");

    private Configuration Load(params (string Name, string Value)[] variables)
    {
        var environment = _home.Environment;
        foreach (var (name, value) in variables)
            environment[name] = value;
        return Configuration.Load(_home.Home, environment);
    }
}
