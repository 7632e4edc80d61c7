using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Routing;

/// <summary>
/// A terminal that says of itself that it takes a session's events, for as long as it renews this lease. What it says
/// beside that is for people; a lease whose words cannot be read is a lease all the same.
/// </summary>
public sealed record TerminalLease
{
    /// <summary>The kind of a gateway's own lease, which is no terminal's.</summary>
    public const string Gateway = "bellhop";

    /// <summary>A lease for longer is kept for this long over a restart: no terminal needs more between two renewals.</summary>
    public static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(40);

    /// <summary>Longer words are cut: they are shown, and written into notes.</summary>
    private const int MaxWord = 120;

    /// <summary>The session it takes.</summary>
    public required SessionId Session { get; init; }

    /// <summary>The lease as the terminal wrote it.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>For how long it was given the last time.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>When it ends unless it is renewed.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When this terminal first had it.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The machine's name.</summary>
    public string? Host { get; init; }

    /// <summary>The terminal's process on that machine.</summary>
    public int? Pid { get; init; }

    /// <summary>When that process began: a number alone may be used again.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Where it works.</summary>
    public string? Cwd { get; init; }

    /// <summary>idle or busy.</summary>
    public string? State { get; init; }

    /// <summary>Provider and model.</summary>
    public string? Model { get; init; }

    /// <summary>pi-terminal, or what else it calls itself.</summary>
    public string? Kind { get; init; }

    /// <summary>
    /// Read from a bus on which others decide who holds what: shown to people, and nothing here depends on it. It may be
    /// another gateway's.
    /// </summary>
    public bool IsShownOnly { get; init; }

    /// <summary>Tells this holder from any other one.</summary>
    public string? Nonce { get; init; }

    /// <summary>What its person calls it.</summary>
    public string? Name { get; init; }

    /// <summary>How a note names it: <c>pid-123 on host box</c>.</summary>
    public string Who => (Pid is { } pid ? $"pid-{pid}" : "a client") + (Host is null ? "" : $" on host {Host}");

    /// <summary>A period as it is kept: whatever a client wrote, a start can count from it.</summary>
    public static TimeSpan Kept(TimeSpan period) => period < LongestPeriod ? period : LongestPeriod;

    /// <summary>Reads a lease that was written now.</summary>
    public static TerminalLease Read(
        SessionId session,
        ReadOnlyMemory<byte> json,
        TimeSpan period,
        DateTimeOffset expiresAt,
        DateTimeOffset now
    )
    {
        var lease = new TerminalLease
        {
            Session = session,
            Json = json,
            Period = period,
            ExpiresAt = expiresAt,
            Since = now,
        };
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? lease.With(document.RootElement) : lease;
        }
        catch (JsonException)
        {
            return lease;
        }
    }

    /// <summary>True where both are of one process, or of one holder.</summary>
    public bool IsOfSameTerminal(TerminalLease other)
    {
        if (Nonce is not null && Nonce == other.Nonce)
            return true;
        if (Pid is not null && StartedAt is not null)
            return (Pid, Host, StartedAt) == (other.Pid, other.Host, other.StartedAt);
        return Nonce is null && (Pid, Host) == (other.Pid, other.Host);
    }

    private TerminalLease With(JsonElement said) =>
        this with
        {
            Host = Word(said, "host"),
            Pid = Number(said, "pid") is > 0 and <= int.MaxValue and var pid ? (int)pid : null,
            StartedAt = Instant(said, "startedAt"),
            Cwd = Word(said, "cwd"),
            State = Word(said, "state"),
            Model = Word(said, "model"),
            Kind = Word(said, "kind"),
            Nonce = Word(said, "nonce"),
            Name = Word(said, "name"),
        };

    private static string? Word(JsonElement said, string name) =>
        LooseJson.Text(said, name) is { Length: > 0 } word
            ? word[..Math.Min(word.Length, MaxWord)].ReplaceLineEndings(" ")
            : null;

    private static long? Number(JsonElement said, string name) =>
        LooseJson.Find(said, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number)
            ? number
            : null;

    private static DateTimeOffset? Instant(JsonElement said, string name) =>
        Number(said, name) is { } ms && ms > 0 && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;
}
