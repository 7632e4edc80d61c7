using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Routing;

public sealed class RouterTests : IAsyncDisposable
{
    private static readonly SessionId Satellite = SessionId.Parse("pid-1");
    private static readonly SessionId Other = SessionId.Parse("pid-2");

    private static readonly RoutingRule Builds = new()
    {
        Name = "builds",
        Type = "build.*",
        Source = "ci/?",
        Action = RuleAction.Sessions,
        Sessions = [Satellite],
        ToOrigin = true,
    };

    private static readonly RoutingRule Noise = new()
    {
        Name = "noise",
        Type = "memory.observed",
        Action = RuleAction.Drop,
    };

    private static readonly RoutingRule Night = new() { Name = "night", Action = RuleAction.Hold };

    private readonly ManualTime _time = new();
    private readonly FakeEventStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public void Decide_NoRuleMatches_CentralAndOrigin()
    {
        var decision = Decide(Event("deploy.done", origin: Other), null, Builds, Noise);

        decision.Basis.ShouldBe(RoutingBasis.Origin);
        decision.Rule.ShouldBeNull();
        decision.Targets.Select(t => (t.Session, t.Known)).ShouldBe([(SessionId.Gateway, true), (Other, false)]);
    }

    [Theory]
    [InlineData("build.broken", "ci/a", true)]
    [InlineData("build.", "ci/a", true)]
    [InlineData("build", "ci/a", false)]
    [InlineData("Build.broken", "ci/a", false)]
    [InlineData("rebuild.broken", "ci/a", false)]
    [InlineData("build.broken", "ci/", false)]
    [InlineData("build.broken", "ci/ab", false)]
    public void Decide_Patterns_MatchTheWholeName(string type, string source, bool matches) =>
        (Decide(Event(type, source), null, Builds).Rule == Builds).ShouldBe(matches);

    [Fact]
    public void Decide_SessionsRule_GoesExactlyThereAndToTheOrigin()
    {
        var e = Event("build.broken", "ci/a", Other);

        Decide(e, null, Builds).Targets.Select(t => t.Session).ShouldBe([Satellite, Other]);
        Decide(e, SessionId.Gateway, Builds).Targets.Select(t => t.Note).ShouldAllBe(n => n == "by rule builds");
        Decide(Event("build.broken", "ci/a", Satellite), null, Builds).Targets.Count.ShouldBe(1);
    }

    [Fact]
    public void Decide_OnlyToAnOriginThatIsNotThere_GoesToCentralAndSaysSo()
    {
        var decision = Decide(Event("build.broken", "ci/a"), null, Builds with { Sessions = [] });

        decision.Basis.ShouldBe(RoutingBasis.RuleWithoutOrigin);
        var target = decision.Targets.ShouldHaveSingleItem();
        target.Session.ShouldBe(SessionId.Gateway);
        target.Note!.ShouldContain("there is none");
    }

    [Fact]
    public void Decide_DropRule_NamesWhoWouldHaveGotIt()
    {
        var targets = Decide(Event("memory.observed", origin: Satellite), null, Noise, Night).Targets;

        targets.Select(t => t.Session).ShouldBe([SessionId.Gateway, Satellite]);
        targets.ShouldAllBe(t => t.DroppedBy == "noise");
    }

    [Fact]
    public void Decide_HoldRule_WaitsInTheRulesOwnSession()
    {
        var target = Decide(Event("a"), null, Night).Targets.ShouldHaveSingleItem();

        (target.Session.Value, target.Known, target.Note).ShouldBe(("hold/night", true, "held by rule night"));
        HoldSession.RuleOf(target.Session).ShouldBe("night");
        HoldSession.RuleOf(Satellite).ShouldBeNull();
    }

    [Fact]
    public void Decide_FirstMatch_Wins()
    {
        Decide(Event("memory.observed"), null, Noise, Night).Rule.ShouldBe(Noise);
        Decide(Event("memory.observed"), null, Night, Noise).Rule.ShouldBe(Night);
    }

    [Fact]
    public void Decide_TerminalsList_IsAnExactAddressThatNoRuleLooksAt()
    {
        var decision = Decide(Event("memory.observed", origin: Other), Satellite, Noise, Night);

        decision.Basis.ShouldBe(RoutingBasis.List);
        decision
            .Targets.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(t => t.Session.ShouldBe(Satellite), t => t.DroppedBy.ShouldBeNull());
    }

    [Fact]
    public void Decide_CentralList_IsSeenByRulesAndOtherwiseExact()
    {
        Decide(Event("memory.observed"), SessionId.Gateway, Noise).Rule.ShouldBe(Noise);
        var decision = Decide(Event("a", origin: Satellite), SessionId.Gateway, Noise);
        decision.Targets.ShouldHaveSingleItem().Session.ShouldBe(SessionId.Gateway);
    }

    [Fact]
    public void Decide_PersonsMessage_IsNeverCaughtByARule() =>
        Decide(Event("message") with { Kind = EventKind.Person }, null, Night)
            .Targets.ShouldHaveSingleItem()
            .Session.ShouldBe(SessionId.Gateway);

    [Fact]
    public void DecideReleased_SkipsHoldsOnly()
    {
        var router = RouterWith(Night, Noise);

        router.DecideReleased(Event("a")).Basis.ShouldBe(RoutingBasis.Central);
        router.DecideReleased(Event("memory.observed")).Rule.ShouldBe(Noise);
    }

    [Fact]
    public void Decide_RulesChange_NextDecisionIsByTheNewOnes()
    {
        var rules = new RoutingOptions { Rules = [Noise] };
        var router = new Router(new SessionRegistry(_store), () => rules);
        router.Decide(Event("memory.observed"), null).Rule.ShouldBe(Noise);

        rules = new RoutingOptions();

        router.Decide(Event("memory.observed"), null).Basis.ShouldBe(RoutingBasis.Central);
    }

    [Fact]
    public async Task Accept_Quarantined_IsADeadLetterThatNoRuleLooksAt()
    {
        var inbox = new Inbox(_store, RouterWith(Night));

        await inbox.AcceptAsync([(Event("unreadable"), "no JSON")], null, TestContext.Current.CancellationToken);

        _store.Appended.Single().Targets.Single().Session.ShouldBe(SessionId.Gateway);
    }

    private Event Event(string type, string source = "manual", SessionId? origin = null) =>
        Make.Event(_time, type: type, source: source) with
        {
            Origin = origin,
        };

    private RoutingDecision Decide(Event e, SessionId? list, params RoutingRule[] rules) =>
        RouterWith(rules).Decide(e, list);

    private Router RouterWith(params RoutingRule[] rules) =>
        new(new SessionRegistry(_store), () => new RoutingOptions { Rules = rules });
}
