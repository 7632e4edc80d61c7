namespace Bellhop.Redis.Client;

/// <summary>Redis did not do what it was asked.</summary>
public abstract class RedisException : BellhopException
{
    private protected RedisException(string message, Exception? inner = null)
        : base(message, inner) { }
}

/// <summary>
/// There is no Redis to talk to, or the connection broke before the answer came. The caller decides whether the call
/// may be repeated.
/// </summary>
public sealed class RedisAwayException : RedisException
{
    /// <summary>Says why, in plain words.</summary>
    public RedisAwayException(string message, bool mayHaveRun, Exception? inner = null)
        : base(message, inner) => MayHaveRun = mayHaveRun;

    /// <summary>False where the call was certainly not carried out.</summary>
    public bool MayHaveRun { get; }
}

/// <summary>Redis answered with an error.</summary>
public sealed class RedisErrorException : RedisException
{
    /// <summary>Takes the error line without its dash.</summary>
    public RedisErrorException(string line)
        : base(RedisErrors.Explain(line)) => (Code, Line) = (RedisErrors.CodeOf(line), line);

    /// <summary>The first word: <c>NOAUTH</c>, <c>WRONGPASS</c>, <c>READONLY</c>, <c>OOM</c>, <c>ERR</c>…</summary>
    public string Code { get; }

    /// <summary>What Redis said.</summary>
    public string Line { get; }
}
