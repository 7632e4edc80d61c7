namespace Bellhop.Channels.Http;

/// <summary>What all requests share.</summary>
internal sealed class HttpAllowances(HttpChannelOptions options)
{
    /// <summary>Bytes of bodies in memory.</summary>
    public Allowance BodyBytes { get; } = new(options.MaxBodyBytes);

    /// <summary>Requests that wait for something.</summary>
    public Allowance Waiting { get; } = new(options.MaxWaiting);
}
