using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Bellhop.Diagnostics;

/// <summary>A password, token or key. Prints as <c>***</c> wherever it ends up by accident.</summary>
[DebuggerDisplay("***")]
public sealed class Secret(string value)
{
    /// <summary>The words themselves. Call it only where they must leave the process.</summary>
    public string Reveal() => value;

    /// <summary>True for the same secret. Takes the same time whatever <paramref name="candidate"/> is.</summary>
    public bool Matches(string? candidate) =>
        CryptographicOperations.FixedTimeEquals(Digest(value), Digest(candidate ?? "")) && candidate is { Length: > 0 };

    /// <summary>True when there is nothing in it, which can never match.</summary>
    [JsonIgnore]
    public bool IsEmpty => value.Length == 0;

    /// <summary>Three stars.</summary>
    public override string ToString() => "***";

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
