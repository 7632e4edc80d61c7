using System.Diagnostics.CodeAnalysis;

namespace Bellhop.Events;

/// <summary>
/// Names a session: <c>gateway</c> is the central one (<c>main</c> and <c>central</c> mean the same),
/// <c>pid-N</c> or <c>host/pid-N</c> a satellite.
/// </summary>
public readonly record struct SessionId
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = 128;

    /// <summary>The central session.</summary>
    public static readonly SessionId Gateway;

    /// <summary>Null for the central session, so that the default value equals it.</summary>
    private readonly string? _value;

    private SessionId(string value) => _value = value;

    /// <summary>The name, aliases resolved.</summary>
    public string Value => _value ?? "gateway";

    /// <summary>True for the central session.</summary>
    public bool IsGateway => _value is null;

    /// <summary>
    /// Accepts 1 to 128 characters of <c>A-Z a-z 0-9 . _ / -</c> with at most one <c>/</c>, and resolves the aliases.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId id)
    {
        id = default;
        if (text is null or "" || text.Length > MaxLength || text.Count(c => c == '/') > 1)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '/' or '-'))
                return false;
        }
        id = text is "gateway" or "main" or "central" ? Gateway : new SessionId(text);
        return true;
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">The text is not a session id.</exception>
    public static SessionId Parse(string text) =>
        TryParse(text, out var id)
            ? id
            : throw new FormatException($"'{text}' is not a session id: 1 to 128 of A-Z a-z 0-9 . _ - and one '/'.");

    /// <inheritdoc />
    public override string ToString() => Value;
}
