namespace Bellhop.Client;

/// <summary>A way in. What can be expected of the other side is a value.</summary>
internal interface IDoor : IAsyncDisposable
{
    /// <summary>One attempt.</summary>
    Task<Attempt<PushReceipt>> PushAsync(OutgoingEvent e, CancellationToken cancel);

    /// <summary>What to tell somebody when nobody answers, with the mend.</summary>
    string Unavailable { get; }
}

/// <summary>What came of one attempt: an answer, or the trouble.</summary>
internal readonly record struct Attempt<T>(T? Answer, Trouble? Trouble)
    where T : class
{
    public static implicit operator Attempt<T>(T answer) => new(answer, null);

    public static implicit operator Attempt<T>(Trouble trouble) => new(null, trouble);
}

/// <summary>Why there is no answer.</summary>
/// <param name="Code">The other side's code; null where it did not answer at all.</param>
/// <param name="Message">Its words.</param>
/// <param name="CanRetry">True where the same may work a moment later.</param>
internal sealed record Trouble(string? Code, string Message, bool CanRetry)
{
    /// <summary>How long the other side asks us to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the connection said.</summary>
    public Exception? Cause { get; init; }

    /// <summary>The innermost cause says it in the plainest words.</summary>
    public static Trouble NoAnswer(Exception cause) =>
        new(null, (cause.InnerException ?? cause).Message, CanRetry: true) { Cause = cause };
}
