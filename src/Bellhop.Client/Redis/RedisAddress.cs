namespace Bellhop.Client.Redis;

/// <summary>Where a Redis is: <c>redis://[user[:password]@]host[:port][/database]</c>, <c>rediss://</c> for TLS.</summary>
internal sealed record RedisAddress(string Host, int Port, bool Tls, string? User, string? Password, int Database)
{
    private const int DefaultPort = 6379;

    /// <summary>Without the secret, for messages.</summary>
    public override string ToString() => $"{(Tls ? "rediss" : "redis")}://{Host}:{Port}/{Database}";

    public static bool IsOne(string address) =>
        address.StartsWith("redis://", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">It is none. The message does not repeat it: it may hold a password.</exception>
    public static RedisAddress Parse(string text)
    {
        var database = 0;
        if (
            !IsOne(text)
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Host.Length == 0
            || (uri.AbsolutePath.Trim('/') is { Length: > 0 } path && !int.TryParse(path, out database))
        )
            throw new ArgumentException(
                "A Redis is named as redis://[user:password@]host[:port][/database], or rediss:// for TLS.",
                nameof(text)
            );
        var (user, password) = Credentials(uri.UserInfo);
        var port = uri.Port > 0 ? uri.Port : DefaultPort;
        return new RedisAddress(uri.DnsSafeHost, port, uri.Scheme == "rediss", user, password, database);
    }

    private static (string? User, string? Password) Credentials(string info)
    {
        if (info.Length == 0)
            return (null, null);
        var colon = info.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? (null, Uri.UnescapeDataString(info))
            : (colon == 0 ? null : Uri.UnescapeDataString(info[..colon]), Uri.UnescapeDataString(info[(colon + 1)..]));
    }
}
