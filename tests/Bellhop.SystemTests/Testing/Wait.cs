namespace Bellhop.SystemTests.Testing;

/// <summary>
/// Waiting for another process. Where something signals (a pipe, a file event, an exit) tests wait for that. This
/// is for what has no signal across a process border, such as a state behind an HTTP call: it asks again at short intervals
/// and gives up loudly.
/// </summary>
internal static class Wait
{
    /// <summary>Long enough for a loaded build machine; a test that needs it all is a test that fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Returns as soon as the condition holds. <paramref name="what"/> ends the sentence "waited in vain for …".</summary>
    public static Task Until(Func<Task<bool>> condition, string what, TimeSpan? atMost = null) =>
        For(async () => await condition() ? "" : null, what, atMost);

    /// <summary>Returns the first answer that is not null.</summary>
    public static async Task<T> For<T>(Func<Task<T?>> ask, string what, TimeSpan? atMost = null)
        where T : class
    {
        var patience = atMost ?? Patience;
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (TimeProvider.System.GetElapsedTime(start) > patience)
                throw new TimeoutException($"Waited {patience.TotalSeconds:0} s in vain for {what}.");
            await Task.Delay(Interval, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
