using Bellhop.Diagnostics.Views;
using Bellhop.Routing;

namespace Bellhop.Diagnostics;

/// <summary>An explanation in sentences.</summary>
internal sealed class ExplanationText(
    ExplanationDto explained,
    RoutingOptions routing,
    bool rulesLook,
    DateTimeOffset now
)
{
    /// <summary>One sentence or two for each: the decision, the repetition, every session.</summary>
    public IReadOnlyList<string> Write() => [Decision(), Repetition(), .. explained.Sessions.Select(Session)];

    /// <summary>How a stored event's deliveries stand.</summary>
    public static string Stored(string key, IReadOnlyList<StoodDto> deliveries) =>
        $"It is stored as {key}: "
        + string.Join(
            "; ",
            deliveries.Select(d => $"{d.Session} {d.State}{(d.Reason is { } reason ? $" ({reason})" : "")}")
        )
        + ". Pushed again now, it would go as follows.";

    private string Decision()
    {
        var (e, names) = (explained.Event, string.Join(" and ", explained.Sessions.Select(s => s.Session)));
        if (explained.Rule is { } rule)
            return $"Rule {rule.Name} (number {rule.Place}) decides: {Fits("type", rule.Type, e.Type)}, {Fits("source", rule.Source, e.Source)}. "
                + rule.Action switch
                {
                    "drop" => "It drops it: nobody is disturbed, the receipt is kept.",
                    "hold" => $"It holds it until 'bellhop release {rule.Name}'.",
                    _ when explained.Basis == "ruleWithoutOrigin" =>
                        "It names only the origin, and the event names none: central gets it.",
                    _ => $"It goes to exactly the sessions that the rule names: {names}.",
                };
        return Looked()
            + explained.Basis switch
            {
                "list" => $" The list of {names} is an exact address.",
                "origin" => $" Central gets all, and {e.Origin} gets what it started.",
                _ => " Central gets all.",
            };
    }

    private string Looked() =>
        explained.Event.Kind == "person" ? "Rules do not look at what a person says."
        : !rulesLook ? "Rules do not look at what is written to a terminal's own list."
        : routing.Rules.Count == 0 ? "There are no rules."
        : $"None of the {routing.Rules.Count} rules matches type {explained.Event.Type} and source {explained.Event.Source}.";

    private static string Fits(string what, string pattern, string name) =>
        pattern == RoutingRule.Anything ? $"any {what}" : $"its {what} {pattern} fits {name}";

    private string Repetition()
    {
        if (explained.Event.Id is not { } id)
            return "It has no id, so it is never taken for a repetition.";
        if (explained.Repeats is not { } known)
            return $"No event with id {id} of source {explained.Event.Source} is known, so it is new.";
        var more = explained.Sessions.Where(s => s.State != "known").Select(s => s.Session).ToList();
        return $"It repeats {known.Key}, which arrived {Span(now - known.ArrivedAt)} ago, and would do so for another {Span(known.Until - now)}: "
            + (more is [] ? "nothing is added." : $"only {string.Join(" and ", more)} has none of it yet and gets it.");
    }

    private string Session(ExplainedSessionDto session) =>
        session.State switch
        {
            "known" => $"{session.Session}: has it already.",
            "dropped" => $"{session.Session}: would have got it; 'bellhop dead replay' gives it after all.",
            "accepted" =>
                $"{session.Session}: was never seen. The event waits for it; after {Span(routing.AdoptAfter)} central takes it.",
            _ when HoldSession.RuleOf(Events.SessionId.Parse(session.Session)) is not null =>
                $"{session.Session}: holds {Count(session.Before)} now.",
            _ => $"{session.Session}: {Lane(session)}",
        };

    private static string Lane(ExplainedSessionDto session) =>
        session.Lane is not { } lane ? $"no agent of ours serves it; {Waiting(session)} for its terminal."
        : lane.Phase == "paused"
            ? $"its lane is paused ({lane.Reason ?? lane.Problem ?? "no reason given"}); {Count(session.Before)} before it."
        : session.Before == 0 ? $"{lane.Agent} is {lane.Phase} and nothing is before it."
        : $"{lane.Agent} is {lane.Phase}; {Count(session.Before)} before it.";

    private static string Waiting(ExplainedSessionDto session) =>
        session.Before == 1 ? "1 event waits" : $"{Count(session.Before)} wait";

    private static string Count(long events) => events == 1 ? "1 event" : $"{events:N0} events";

    /// <summary>In its largest unit: nobody needs the seconds of a week.</summary>
    private static string Span(TimeSpan span) =>
        span.TotalDays >= 2 ? $"{(int)span.TotalDays} days"
        : span.TotalHours >= 2 ? $"{(int)span.TotalHours} hours"
        : span.TotalMinutes >= 2 ? $"{(int)span.TotalMinutes} minutes"
        : $"{Math.Max(0, (int)span.TotalSeconds)} seconds";
}
