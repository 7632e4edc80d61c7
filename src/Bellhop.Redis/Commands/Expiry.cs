namespace Bellhop.Redis.Commands;

/// <summary>Reads how long keys live.</summary>
internal static class Expiry
{
    /// <summary>An instant from a positive number of seconds (EX, EXAT) or milliseconds (PX, PXAT).</summary>
    public static DateTimeOffset Read(string command, string unit, long number, DateTimeOffset now)
    {
        if (number <= 0)
            throw Invalid(command);
        return At(command, number, inSeconds: unit is "EX" or "EXAT", fromNow: unit is "EX" or "PX", now);
    }

    /// <summary>The same, where a past instant is allowed and means at once.</summary>
    public static DateTimeOffset At(string command, long number, bool inSeconds, bool fromNow, DateTimeOffset now)
    {
        var milliseconds = (Int128)number * (inSeconds ? 1000 : 1) + (fromNow ? now.ToUnixTimeMilliseconds() : 0);
        if (milliseconds > long.MaxValue || milliseconds < long.MinValue)
            throw Invalid(command);
        var (min, max) = (
            DateTimeOffset.UnixEpoch.ToUnixTimeMilliseconds(),
            DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        );
        return DateTimeOffset.FromUnixTimeMilliseconds((long)Int128.Clamp(milliseconds, min, max));
    }

    private static CommandFault Invalid(string command) => new($"ERR invalid expire time in '{command}' command");
}
