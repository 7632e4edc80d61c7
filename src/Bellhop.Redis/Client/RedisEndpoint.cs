using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Bellhop.Diagnostics;

namespace Bellhop.Redis.Client;

/// <summary>A host and its port.</summary>
public sealed record RedisHost(string Name, int Port)
{
    /// <inheritdoc />
    public override string ToString() =>
        Name.Contains(':', StringComparison.Ordinal) ? $"[{Name}]:{Port}" : $"{Name}:{Port}";
}

/// <summary>
/// Where a Redis is and who we are there, as a URL says it: <c>redis://[user:password@]host[:port][/database]</c>,
/// <c>rediss://</c> for TLS, <c>redis+sentinel://[user:password@]host[:port],…/service[/database]</c> where Sentinels
/// know the host. A part before <c>@</c> without a colon is the password, as redis-cli reads it.
/// </summary>
public sealed record RedisEndpoint
{
    private const int DefaultPort = 6379;
    private const int DefaultSentinelPort = 26379;
    private const string SentinelSuffix = "+sentinel";

    /// <summary>The server, or the Sentinels that know it.</summary>
    public required IReadOnlyList<RedisHost> Hosts { get; init; }

    /// <summary>The name under which Sentinels know the server; null = <see cref="Hosts"/> is the server itself.</summary>
    public string? Service { get; init; }

    /// <summary>Speak TLS.</summary>
    public bool IsTls { get; init; }

    /// <summary>The ACL user; null = <c>default</c>.</summary>
    public string? User { get; init; }

    /// <summary>Its password; null = none.</summary>
    public Secret? Password { get; init; }

    /// <summary>The database's number.</summary>
    public int Database { get; init; }

    /// <summary>A PEM file with the authority that signed the server's certificate; null = those the system trusts.</summary>
    public string? CaFile { get; init; }

    /// <summary>Reads a URL; where it is none, <paramref name="problem"/> says why without repeating it: it may hold a password.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out RedisEndpoint? endpoint,
        [NotNullWhen(false)] out string? problem
    )
    {
        endpoint = null;
        problem = null;
        try
        {
            endpoint = Parse(text);
            return true;
        }
        catch (FormatException e)
        {
            problem = e.Message;
            return false;
        }
    }

    /// <summary>Reads a URL.</summary>
    /// <exception cref="FormatException">It is none; the message says why and does not repeat it.</exception>
    public static RedisEndpoint Parse(string text)
    {
        var (scheme, rest) = Cut(text, "://") is (var before, { } after)
            ? (before.ToLowerInvariant(), after)
            : throw new FormatException("must begin with redis:// or rediss://.");
        var isSentinel = scheme.EndsWith(SentinelSuffix, StringComparison.Ordinal);
        var plain = isSentinel ? scheme[..^SentinelSuffix.Length] : scheme;
        if (plain is not ("redis" or "rediss"))
            throw new FormatException("must begin with redis://, rediss:// or redis+sentinel://.");
        if (rest.Contains('?', StringComparison.Ordinal))
            throw new FormatException("must have no part after '?'; settings of their own say the rest.");

        var at = rest.LastIndexOf('@');
        var (authority, path) = Cut(rest[(at + 1)..], "/");
        var segments = (path ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (isSentinel && segments.Length == 0)
            throw new FormatException("must name the service that the Sentinels watch: redis+sentinel://host/service.");
        if (segments.Length > (isSentinel ? 2 : 1))
            throw new FormatException("has too many parts after the host.");
        var (user, password) = Credentials(at < 0 ? "" : rest[..at]);
        return new RedisEndpoint
        {
            Hosts = [.. authority.Split(',').Select(h => Host(h, isSentinel ? DefaultSentinelPort : DefaultPort))],
            Service = isSentinel ? Uri.UnescapeDataString(segments[0]) : null,
            IsTls = plain == "rediss",
            User = user,
            Password = password,
            Database = Number(segments.ElementAtOrDefault(isSentinel ? 1 : 0)),
        };
    }

    /// <summary>For people and logs: everything but the password.</summary>
    public override string ToString()
    {
        var user = User is null ? "" : User + "@";
        var scheme = (IsTls ? "rediss" : "redis") + (Service is null ? "" : SentinelSuffix);
        var service = Service is null ? "" : "/" + Service;
        return $"{scheme}://{user}{string.Join(',', Hosts)}{service}/{Database}";
    }

    private static (string? User, Secret? Password) Credentials(string text)
    {
        if (text.Length == 0)
            return (null, null);
        var (first, second) = Cut(text, ":");
        if (second is null)
            return (null, new Secret(Uri.UnescapeDataString(first)));
        return (
            first.Length == 0 ? null : Uri.UnescapeDataString(first),
            second.Length == 0 ? null : new Secret(Uri.UnescapeDataString(second))
        );
    }

    private static RedisHost Host(string text, int defaultPort)
    {
        var close = text.LastIndexOf(']');
        var colon = text.LastIndexOf(':');
        var name = colon > close ? text[..colon] : text;
        var port = colon > close ? text[(colon + 1)..] : defaultPort.ToString(CultureInfo.InvariantCulture);
        if (name.Trim('[', ']') is not { Length: > 0 } bare)
            throw new FormatException("must name a host.");
        return
            int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= 65535
            ? new RedisHost(bare, number)
            : throw new FormatException("must have a port from 1 to 65535.");
    }

    private static int Number(string? text) =>
        text is null ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException("must have a number as its database, such as /0.");

    private static (string Before, string? After) Cut(string text, string separator) =>
        text.IndexOf(separator, StringComparison.Ordinal) is >= 0 and var at
            ? (text[..at], text[(at + separator.Length)..])
            : (text, null);
}
