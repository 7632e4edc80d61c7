namespace Bellhop.Redis.Listener;

/// <summary>How the Redis protocol is spoken to clients.</summary>
public sealed class RespOptions
{
    /// <summary>What our keys start with. The default value is <c>agent</c>.</summary>
    public string Prefix { get; init; } = "agent";

    /// <summary>What AUTH asks for. The default value is null: nobody is asked, and the host binds to loopback only.</summary>
    public string? Password { get; init; }
}
