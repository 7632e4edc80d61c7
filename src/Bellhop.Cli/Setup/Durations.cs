using System.Globalization;

namespace Bellhop.Cli.Setup;

/// <summary>Durations as people write them: a whole number and <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>.</summary>
internal static class Durations
{
    /// <summary>What a fault says about them.</summary>
    public const string Shape = "a whole number with s, m, h or d, such as 90s, 15m, 2h or 1d";

    /// <summary>The longest wait that may be asked for: a timer takes no more than 2^32 ms (49 days).</summary>
    public static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    // Retention may want years.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private static readonly (char Unit, TimeSpan Length)[] Units =
    [
        ('d', TimeSpan.FromDays(1)),
        ('h', TimeSpan.FromHours(1)),
        ('m', TimeSpan.FromMinutes(1)),
        ('s', TimeSpan.FromSeconds(1)),
    ];

    /// <summary>Reads one; false for anything else, for zero, and for more than ten years.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is not { Length: > 1 and < 12 })
            return false;
        var unit = Units.FirstOrDefault(u => u.Unit == text[^1]).Length;
        if (
            unit == TimeSpan.Zero
            || !long.TryParse(
                text.AsSpan(0, text.Length - 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var n
            )
            || n < 1
            || n > Longest / unit
        )
            return false;
        duration = unit * n;
        return true;
    }

    /// <summary>Writes a duration of whole seconds in its largest exact unit.</summary>
    public static string Write(TimeSpan duration)
    {
        var (unit, length) = Units.First(u => duration.Ticks % u.Length.Ticks == 0 || u.Unit == 's');
        return $"{duration.Ticks / length.Ticks}{unit}";
    }
}
