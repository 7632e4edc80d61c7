namespace Bellhop.Redis.EventLists;

/// <summary>Redis' list indices: inclusive, negative from the end, clamped.</summary>
internal static class ListRange
{
    /// <summary>The first index and how many follow; (0, 0) where the range is empty.</summary>
    public static (int First, int Count) Of(long start, long stop, int length)
    {
        if (start < 0)
            start = Math.Max(0, start + length);
        if (stop < 0)
            stop += length;
        stop = Math.Min(stop, length - 1);
        return start > stop ? (0, 0) : ((int)start, (int)(stop - start + 1));
    }
}
