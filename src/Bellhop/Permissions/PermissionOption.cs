namespace Bellhop.Permissions;

/// <summary>What an answer to a permission request means (ACP v1, <c>PermissionOptionKind</c>).</summary>
public enum PermissionOptionKind
{
    /// <summary>Yes, for this one call.</summary>
    AllowOnce,

    /// <summary>Yes, and the agent does not ask again.</summary>
    AllowAlways,

    /// <summary>No, for this one call.</summary>
    RejectOnce,

    /// <summary>No, and the agent does not ask again.</summary>
    RejectAlways,
}

/// <summary>One of the answers that an agent offers.</summary>
/// <param name="Id">The agent's own; given back to it as it is.</param>
/// <param name="Name">What a person reads.</param>
/// <param name="Kind">What it means.</param>
public sealed record PermissionOption(string Id, string Name, PermissionOptionKind Kind)
{
    private static readonly (PermissionOptionKind Kind, string Word)[] Words =
    [
        (PermissionOptionKind.AllowOnce, "allow_once"),
        (PermissionOptionKind.AllowAlways, "allow_always"),
        (PermissionOptionKind.RejectOnce, "reject_once"),
        (PermissionOptionKind.RejectAlways, "reject_always"),
    ];

    /// <summary>The kind as the protocol writes it.</summary>
    public string KindWord => Words.First(w => w.Kind == Kind).Word;

    /// <summary>True where it says yes.</summary>
    public bool Allows => Kind is PermissionOptionKind.AllowOnce or PermissionOptionKind.AllowAlways;

    /// <summary>The kind of a word; null for any other word.</summary>
    public static PermissionOptionKind? ParseKind(string? word) =>
        Words.Where(w => w.Word == word).Select(w => (PermissionOptionKind?)w.Kind).FirstOrDefault();
}
