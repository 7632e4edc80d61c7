using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Diagnostics;

/// <summary>
/// Says where an event would go, without doing it. The decision is the router's own; what is added here is how the
/// sessions stand and whether the event is known.
/// </summary>
public sealed class Explainer(
    IEventStore store,
    Router router,
    Func<RoutingOptions> options,
    SessionRegistry registry,
    StatusReporter reporter,
    TimeProvider time
)
{
    /// <summary>An event that somebody describes. <paramref name="list"/>: the session whose list it would be written to.</summary>
    public async Task<ExplanationDto> ExplainAsync(Event e, SessionId? list, CancellationToken cancel)
    {
        var decision = router.Decide(e, list);
        var known = await store.FindKnownAsync(e, cancel);
        var receipt = known is null ? null : await store.FindAsync(known.Key.ToString(), cancel);
        return Describe(e, list, decision, options(), receipt, await reporter.SessionsAsync(cancel));
    }

    /// <summary>An event that is stored, by its key or id, as if it were pushed again now. Null if unknown.</summary>
    public async Task<ExplanationDto?> ExplainStoredAsync(string keyOrId, CancellationToken cancel)
    {
        if (await store.FindAsync(keyOrId, cancel) is not { } receipt)
            return null;
        var again = await ExplainAsync(receipt.Event with { ArrivedAt = time.GetUtcNow() }, null, cancel);
        var stood = receipt.Deliveries.Select(d => new StoodDto(d.Session.Value, d.State.Word(), d.Reason)).ToList();
        return again with
        {
            Deliveries = stood,
            Because = [ExplanationText.Stored(receipt.Event.Key.ToString(), stood), .. again.Because],
        };
    }

    private ExplanationDto Describe(
        Event e,
        SessionId? list,
        RoutingDecision decision,
        RoutingOptions routing,
        Receipt? known,
        IReadOnlyList<SessionStatus> statuses
    )
    {
        var had = (known?.Deliveries ?? []).Select(d => d.Session).ToHashSet();
        var explanation = new ExplanationDto
        {
            Event = new ExplainedEventDto(
                e.DedupeWindow > TimeSpan.Zero ? e.Id : null,
                e.Type,
                e.Source,
                e.Kind == EventKind.Person ? "person" : "machine",
                e.Origin?.Value,
                list?.Value
            ),
            Outcome = Outcome(decision, had),
            Basis = Camel(decision.Basis),
            Rule = RuleOf(decision, routing),
            Sessions = [.. decision.Targets.Select(t => SessionOf(t, had, statuses))],
            Repeats = known is null
                ? null
                : new RepeatedDto(
                    known.Event.Key.ToString(),
                    known.Event.ArrivedAt,
                    known.Event.ArrivedAt + e.DedupeWindow
                ),
            Because = [],
        };
        var text = new ExplanationText(explanation, routing, Router.RulesLookAt(e, list), e.ArrivedAt);
        return explanation with { Because = text.Write() };
    }

    private static string Outcome(RoutingDecision decision, HashSet<SessionId> had) =>
        decision.Targets.All(t => had.Contains(t.Session)) ? "duplicate"
        : decision.Rule?.Action == RuleAction.Drop ? "dropped"
        : decision.Rule?.Action == RuleAction.Hold ? "held"
        : "delivered";

    private static RuleDto? RuleOf(RoutingDecision decision, RoutingOptions routing) =>
        decision.Rule is { } rule
            ? new RuleDto(
                rule.Name,
                rule.Type,
                rule.Source,
                Camel(rule.Action),
                1 + routing.Rules.TakeWhile(r => r.Name != rule.Name).Count()
            )
            : null;

    private ExplainedSessionDto SessionOf(Target target, HashSet<SessionId> had, IReadOnlyList<SessionStatus> statuses)
    {
        var status = statuses.FirstOrDefault(s => s.Session == target.Session.Value);
        return new ExplainedSessionDto
        {
            Session = target.Session.Value,
            State =
                had.Contains(target.Session) ? "known"
                : target.DroppedBy is not null ? "dropped"
                : target.Known ? "queued"
                : "accepted",
            Before = status is null ? 0 : status.Accepted + status.Queued + status.InTurn,
            Lane = status?.Lane,
            Known =
                target.Known && (HoldSession.RuleOf(target.Session) is not null || registry.IsKnown(target.Session)),
        };
    }

    private static string Camel<T>(T value)
        where T : struct, Enum
    {
        var word = value.ToString();
        return char.ToLowerInvariant(word[0]) + word[1..];
    }
}
