namespace Bellhop.Permissions;

/// <summary>How a request ended.</summary>
public enum PermissionDecision
{
    /// <summary>A person said yes.</summary>
    Allowed,

    /// <summary>A person said no.</summary>
    Denied,

    /// <summary>Nobody answered in time: no.</summary>
    Expired,

    /// <summary>Too many wait already: no.</summary>
    Crowded,

    /// <summary>Its turn is over, so there is nothing left to decide.</summary>
    Cancelled,
}

/// <summary>How a request ended, and what the agent is told.</summary>
/// <param name="Decision">How it ended.</param>
/// <param name="Option">The agent's option; null for none of them (ACP's outcome <c>cancelled</c>).</param>
public sealed record PermissionOutcome(PermissionDecision Decision, PermissionOption? Option);

/// <summary>What came of a person's answer.</summary>
public abstract record PermissionAnswer
{
    private PermissionAnswer() { }

    /// <summary>It counts.</summary>
    public sealed record Taken(PermissionOutcome Outcome) : PermissionAnswer;

    /// <summary>There is no such request.</summary>
    public sealed record Unknown : PermissionAnswer;

    /// <summary>It was settled before, in this way.</summary>
    public sealed record TooLate(PermissionDecision Decision) : PermissionAnswer;

    /// <summary>The request waits on; these are the words it takes.</summary>
    public sealed record NoSuchOption(IReadOnlyList<string> Answers) : PermissionAnswer;
}
