using System.IO.Enumeration;
using Bellhop.Events;

namespace Bellhop.Routing;

/// <summary>What a rule does with an event.</summary>
public enum RuleAction
{
    /// <summary>It goes to the sessions that the rule names, and to no other.</summary>
    Sessions,

    /// <summary>Nobody gets it; the receipt is kept.</summary>
    Drop,

    /// <summary>It waits until somebody releases it, or the rule is gone.</summary>
    Hold,
}

/// <summary>
/// One entry of <c>routing.rules</c>. A pattern is the whole name, case matters: <c>*</c> is any run of characters,
/// <c>?</c> one character, a backslash takes the next one as it is.
/// </summary>
public sealed record RoutingRule
{
    /// <summary>The pattern that fits every name.</summary>
    public const string Anything = "*";

    /// <summary>Unique among the rules; receipts carry it. 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the event's type must look like. The default value is <see cref="Anything"/>.</summary>
    public string Type { get; init; } = Anything;

    /// <summary>What the event's source must look like. The default value is <see cref="Anything"/>.</summary>
    public string Source { get; init; } = Anything;

    /// <summary>What becomes of the event.</summary>
    public required RuleAction Action { get; init; }

    /// <summary>Where it goes, for <see cref="RuleAction.Sessions"/>. The default value is none.</summary>
    public IReadOnlyList<SessionId> Sessions { get; init; } = [];

    /// <summary>It goes to its origin as well, where it names one. The default value is false.</summary>
    public bool ToOrigin { get; init; }

    /// <summary>True where both patterns fit.</summary>
    public bool Matches(Event e) => Fits(Type, e.Type) && Fits(Source, e.Source);

    private static bool Fits(string pattern, string name) =>
        pattern == Anything || FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}

/// <summary>The <c>routing</c> section of the configuration.</summary>
public sealed record RoutingOptions
{
    /// <summary>In order; the first that matches decides. The default value is none.</summary>
    public IReadOnlyList<RoutingRule> Rules { get; init; } = [];

    /// <summary>How long an event waits for a session that was never seen. The default value is 10 minutes.</summary>
    public TimeSpan AdoptAfter { get; init; } = TimeSpan.FromMinutes(10);
}
