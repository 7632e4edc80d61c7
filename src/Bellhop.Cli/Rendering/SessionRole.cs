using Bellhop.Diagnostics;

namespace Bellhop.Cli.Rendering;

/// <summary>What a session is, and whether it is there.</summary>
internal static class SessionRole
{
    /// <summary><c>central</c>, <c>hold</c>, <c>satellite</c>, <c>satellite, gone</c> or <c>satellite, never seen</c>.</summary>
    public static string Of(SessionStatus session) =>
        session.Role
        + (
            session.Member || session.Role == "hold" ? ""
            : session.LastSeen is null ? ", never seen"
            : ", gone"
        );
}
