namespace Bellhop.Permissions;

/// <summary>A question that waits for a person.</summary>
/// <param name="Id">Short, so that it can be typed from a phone.</param>
/// <param name="Session">Whose agent asks.</param>
/// <param name="Turn">The turn that waits.</param>
/// <param name="Question">What it asks.</param>
/// <param name="AskedAt">Since when.</param>
/// <param name="ExpiresAt">When it is denied for want of an answer.</param>
public sealed record PermissionRequest(
    string Id,
    string Session,
    string Turn,
    PermissionQuestion Question,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt
);
