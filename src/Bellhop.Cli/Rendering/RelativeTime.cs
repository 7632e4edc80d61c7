namespace Bellhop.Cli.Rendering;

/// <summary>Time as a person says it.</summary>
internal static class RelativeTime
{
    /// <summary><c>3 s ago</c>; a clock that runs behind reads as <c>now</c>.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now) =>
        now - at < TimeSpan.FromSeconds(1) ? "now" : $"{Span(now - at)} ago";

    /// <summary><c>in 3 s</c>.</summary>
    public static string Until(DateTimeOffset at, DateTimeOffset now) =>
        at - now < TimeSpan.FromSeconds(1) ? "now" : $"in {Span(at - now)}";

    /// <summary><c>3 s</c>, in the unit that leaves one or two figures.</summary>
    public static string Span(TimeSpan span) =>
        span.TotalSeconds < 120 ? $"{(long)span.TotalSeconds} s"
        : span.TotalMinutes < 120 ? $"{(long)span.TotalMinutes} min"
        : span.TotalHours < 48 ? $"{(long)span.TotalHours} h"
        : $"{(long)span.TotalDays} d";

    /// <summary><c>+12 ms</c>, <c>+1.5 s</c>, <c>+3 min</c>: how long after the beginning.</summary>
    public static string Offset(TimeSpan span) =>
        span.TotalSeconds < 1 ? $"+{Math.Max(0, (long)span.TotalMilliseconds)} ms"
        : span.TotalSeconds < 60 ? $"+{span.TotalSeconds:0.0} s"
        : $"+{Span(span)}";
}
