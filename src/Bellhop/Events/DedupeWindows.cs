namespace Bellhop.Events;

/// <summary>How long a repeated (source, id) counts as the same event. Short where ids are re-used by hand.</summary>
public static class DedupeWindows
{
    /// <summary>Ids that are unique by construction: UUIDs, ULIDs, those our own adapters set.</summary>
    public static readonly TimeSpan Unique = TimeSpan.FromDays(7);

    /// <summary>Any other id.</summary>
    public static readonly TimeSpan Named = TimeSpan.FromMinutes(30);

    /// <summary>No time on it: somebody typing a test line, who means it again a minute later.</summary>
    public static readonly TimeSpan Untimed = TimeSpan.FromSeconds(60);

    /// <summary>The window of an event; zero where it has no id, because then nothing can repeat it.</summary>
    public static TimeSpan For(string? id, DateTimeOffset? occurredAt, bool trustedId) =>
        id is null or "" ? TimeSpan.Zero
        : trustedId ? Unique
        : occurredAt is null ? Untimed
        : Guid.TryParseExact(id, "D", out _) || Ulid.TryParse(id, out _) ? Unique
        : Named;
}
