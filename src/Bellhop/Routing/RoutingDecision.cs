using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>Why an event goes where it goes.</summary>
public enum RoutingBasis
{
    /// <summary>Nobody named a session: central gets all.</summary>
    Central,

    /// <summary>The event names its origin: central and the origin get it.</summary>
    Origin,

    /// <summary>Its producer wrote it to a session's list: an exact address.</summary>
    List,

    /// <summary>A rule of the configuration.</summary>
    Rule,

    /// <summary>A rule that names only the origin, of which the event names none: central gets it.</summary>
    RuleWithoutOrigin,
}

/// <summary>Where an event goes and why: the one answer that the inbox acts on and <c>bellhop explain</c> shows.</summary>
/// <param name="Targets">The sessions; never empty.</param>
/// <param name="Basis">What decided.</param>
/// <param name="Rule">The rule that decided, if one did.</param>
public sealed record RoutingDecision(IReadOnlyList<Target> Targets, RoutingBasis Basis, RoutingRule? Rule = null);

/// <summary>
/// Where held events wait: a session of their own for each rule, <c>hold/NAME</c>, which nobody serves. So they have a
/// place in every listing, and a terminal that takes that name could even take them.
/// </summary>
public static class HoldSession
{
    private const string Prefix = "hold/";

    /// <summary>The rule's.</summary>
    public static SessionId Of(string rule) => SessionId.Parse(Prefix + rule);

    /// <summary>The rule whose events wait in a session; null where it is no such session.</summary>
    public static string? RuleOf(SessionId session) =>
        session.Value.StartsWith(Prefix, StringComparison.Ordinal) ? session.Value[Prefix.Length..] : null;
}
