namespace Bellhop.Client;

/// <summary>The root of everything this package throws on its own account. Its message says what to do.</summary>
public abstract class BellhopClientException : Exception
{
    /// <summary>Says what happened and what to do.</summary>
    protected BellhopClientException(string message, Exception? inner = null)
        : base(message, inner) { }
}

/// <summary>Nobody took the event: neither Bellhop nor Redis answers where it was looked for. It may be pushed again with the same id.</summary>
public sealed class BellhopUnavailableException : BellhopClientException
{
    internal BellhopUnavailableException(string message, Exception? inner = null)
        : base(message, inner) { }
}

/// <summary>Bellhop or Redis answered, and said no. Nothing was stored.</summary>
public sealed class BellhopRefusedException : BellhopClientException
{
    internal BellhopRefusedException(string code, string message)
        : base($"{code}: {message}") => Code = code;

    /// <summary>The stable code, <c>BH-4001</c> and so on, or the first word of Redis' error.</summary>
    public string Code { get; }
}
