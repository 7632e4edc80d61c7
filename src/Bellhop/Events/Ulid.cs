using System.Diagnostics.CodeAnalysis;

namespace Bellhop.Events;

/// <summary>
/// A 128-bit identifier that sorts by the millisecond it was made in and prints as 26 characters
/// (https://github.com/ulid/spec). Two made in one millisecond by one <see cref="UlidFactory"/> still sort as made.
/// </summary>
public readonly record struct Ulid(UInt128 Value)
{
    /// <summary>The length of the printed form.</summary>
    public const int TextLength = 26;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    // Its 48 bits reach further than any calendar of ours.
    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The instant the identifier was made, to the millisecond; at the latest the end of the year 9999.</summary>
    public DateTimeOffset Time =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Min((long)(ulong)(Value >> 80), LastMillisecond));

    /// <summary>Makes an identifier from its time and 80 random bits.</summary>
    public static Ulid Create(DateTimeOffset time, UInt128 random) =>
        new(((UInt128)(ulong)time.ToUnixTimeMilliseconds() << 80) | (random & ((UInt128.One << 80) - 1)));

    /// <summary>Reads the printed form, upper or lower case; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ulid ulid)
    {
        ulid = default;
        if (text is not { Length: TextLength } || text[0] > '7')
            return false;
        UInt128 value = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal);
            if (digit < 0)
                return false;
            value = (value << 5) | (uint)digit;
        }
        ulid = new Ulid(value);
        return true;
    }

    /// <summary>Reads the printed form.</summary>
    /// <exception cref="FormatException">The text is not a ULID.</exception>
    public static Ulid Parse(string text) =>
        TryParse(text, out var ulid) ? ulid : throw new FormatException($"'{text}' is not a ULID.");

    /// <summary>The 26 characters, upper case.</summary>
    public override string ToString() =>
        string.Create(
            TextLength,
            Value,
            static (chars, value) =>
            {
                for (var i = TextLength - 1; i >= 0; i--, value >>= 5)
                    chars[i] = Alphabet[(int)(uint)(value & 31)];
            }
        );
}
