using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>
/// Decides who gets an event. Central gets all; an origin gets its own; a list a producer named is exact; the rules of
/// the configuration come before these, for machines' events that name no session or central.
/// </summary>
/// <param name="sessions">Who is known.</param>
/// <param name="options">The rules, asked for at each decision; without it there are none.</param>
public sealed class Router(SessionRegistry sessions, Func<RoutingOptions>? options = null)
{
    /// <summary>Where the event goes. <paramref name="list"/>: the session whose list its producer wrote to, if any.</summary>
    public RoutingDecision Decide(Event e, SessionId? list) => Decide(e, list, _ => true);

    /// <summary>Where an event goes that was held: what the rules say when none of them holds.</summary>
    public RoutingDecision DecideReleased(Event e) => Decide(e, null, rule => rule.Action != RuleAction.Hold);

    /// <summary>Where an event goes that no rule looks at.</summary>
    public RoutingDecision DecideWithoutRules(Event e, SessionId? list)
    {
        if (list is { } exact)
            return new RoutingDecision([For(exact)], RoutingBasis.List);
        return e.Origin is { IsGateway: false } origin
            ? new RoutingDecision([For(SessionId.Gateway), For(origin)], RoutingBasis.Origin)
            : new RoutingDecision([For(SessionId.Gateway)], RoutingBasis.Central);
    }

    /// <summary>
    /// True where rules decide: a person speaks to whom they mean, and who writes to a terminal's list has decided. The
    /// central list is where producers write that have nobody in mind.
    /// </summary>
    public static bool RulesLookAt(Event e, SessionId? list) =>
        e.Kind == EventKind.Machine && list is not { IsGateway: false };

    private RoutingDecision Decide(Event e, SessionId? list, Func<RoutingRule, bool> holds)
    {
        var rule = RulesLookAt(e, list) ? options?.Invoke().Rules.FirstOrDefault(r => holds(r) && r.Matches(e)) : null;
        return rule?.Action switch
        {
            null => DecideWithoutRules(e, list),
            RuleAction.Sessions => Named(e, rule),
            RuleAction.Hold => new RoutingDecision(
                [new Target(HoldSession.Of(rule.Name), Note: $"held by rule {rule.Name}")],
                RoutingBasis.Rule,
                rule
            ),
            _ => Dropped(DecideWithoutRules(e, list), rule),
        };
    }

    private RoutingDecision Named(Event e, RoutingRule rule)
    {
        var named = rule.Sessions.Concat(rule.ToOrigin && e.Origin is { } origin ? [origin] : []).Distinct().ToList();
        return named is []
            ? new RoutingDecision(
                [For(SessionId.Gateway, $"rule {rule.Name} names only an origin, and there is none")],
                RoutingBasis.RuleWithoutOrigin,
                rule
            )
            : new RoutingDecision([.. named.Select(s => For(s, $"by rule {rule.Name}"))], RoutingBasis.Rule, rule);
    }

    /// <summary>Who would have got it stands on the receipt, so that a replay gives it to them.</summary>
    private static RoutingDecision Dropped(RoutingDecision without, RoutingRule rule) =>
        new(
            [.. without.Targets.Select(t => t with { DroppedBy = rule.Name, Note = $"dropped by rule {rule.Name}" })],
            RoutingBasis.Rule,
            rule
        );

    private Target For(SessionId session, string? note = null) => new(session, sessions.IsKnown(session), note);
}
