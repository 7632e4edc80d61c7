namespace Bellhop.Redis.Bus;

/// <summary>Whether this gateway is central now.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Holder">Who is central, in words, where it is somebody else.</param>
/// <param name="Since">Since when.</param>
public sealed record CentralStatus(CentralRole Role, string? Holder, DateTimeOffset Since);

/// <summary>A gateway's part among several.</summary>
public enum CentralRole
{
    /// <summary>Not known yet, or Redis is away.</summary>
    Unknown,

    /// <summary>It runs the lanes.</summary>
    Central,

    /// <summary>Somebody else is central; it accepts events and takes over when that one falls silent.</summary>
    Standby,
}
