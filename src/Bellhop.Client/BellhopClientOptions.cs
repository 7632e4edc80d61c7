using System.Text.Json;

namespace Bellhop.Client;

/// <summary>Where Bellhop is and how hard to try.</summary>
public sealed record BellhopClientOptions
{
    /// <summary>Bellhop's address, such as <c>http://127.0.0.1:3018</c>. The default value is null: the one of <see cref="Home"/>.</summary>
    public Uri? Url { get; init; }

    /// <summary>
    /// The bearer token for <see cref="Url"/>: the content of the file <c>token</c> in Bellhop's home. The default value is
    /// null: none. Without <see cref="Url"/> no token is needed.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>
    /// Bellhop's home, whose Unix socket is used where no <see cref="Url"/> is given. The default value is null:
    /// <c>BELLHOP_HOME</c>, else <c>~/.bellhop</c>.
    /// </summary>
    public string? Home { get; init; }

    /// <summary>
    /// A Redis to push to, <c>redis://[user:password@]host[:port][/database]</c> or <c>rediss://</c> for TLS. Then events are
    /// kept there also while Bellhop is down. The default value is null: push to Bellhop itself.
    /// </summary>
    public string? Redis { get; init; }

    /// <summary>What the keys in Redis start with. The default value is <c>agent</c>.</summary>
    public string Prefix { get; init; } = "agent";

    /// <summary>
    /// The session that started what the events report: it gets them too. The default value is null: <c>BELLHOP_SESSION</c>,
    /// which agents set for what they start.
    /// </summary>
    public string? Origin { get; init; }

    /// <summary>How often a push is tried, the first time included; the id stays the same. The default value is 5.</summary>
    public int Attempts
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least 1.");
    } = 5;

    /// <summary>The wait before the second attempt; it doubles each time. The default value is 200 ms.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between two attempts, also where Bellhop asks for longer. The default value is 5 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt may take. The default value is 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How payloads become JSON. The default value is that of the web: camelCase.</summary>
    public JsonSerializerOptions PayloadJson { get; init; } = JsonSerializerOptions.Web;
}

/// <summary>What can be said about one event beside its type, source and payload.</summary>
public sealed record PushOptions
{
    /// <summary>
    /// What makes it the same event when it is pushed again, also by another process. The default value is null: a fresh
    /// UUID, version 7, made once for all attempts.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>The session that started what it reports. The default value is null: <see cref="BellhopClientOptions.Origin"/>.</summary>
    public string? Origin { get; init; }

    /// <summary>When it happened. The default value is null: now.</summary>
    public DateTimeOffset? OccurredAt { get; init; }
}
