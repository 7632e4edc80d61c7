using System.Text.Json;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>A delivery as scripts keep it.</summary>
internal sealed record DeliveryJson
{
    public required long Number { get; init; }

    public required SessionId Session { get; init; }

    public required DeliveryState State { get; init; }

    public int Attempts { get; init; }

    public int Kills { get; init; }

    public int Slot { get; init; }

    public Ulid? Turn { get; init; }

    /// <summary>The turn whose prompt carried the event's words into the transcript.</summary>
    public Ulid? ToldIn { get; init; }

    /// <summary>Other turns whose prompts may have carried them into other transcripts, and where in these.</summary>
    public IReadOnlyList<(Ulid Turn, int Slot)> Past { get; init; } = [];

    public DateTimeOffset? DueAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public string? Reason { get; init; }

    public long? ReplayOf { get; init; }

    public required IReadOnlyList<HistoryEntry> History { get; init; }

    public static DeliveryJson Read(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var json = document.RootElement;
        return new DeliveryJson
        {
            Number = json.Number("number"),
            Session = SessionId.Parse(json.Text("session")),
            State = (DeliveryState)json.Number("state"),
            Attempts = (int)json.Number("attempts"),
            Kills = (int)json.Number("kills"),
            Slot = (int)json.Number("slot"),
            Turn = json.MaybeUlid("turn"),
            ToldIn = json.MaybeUlid("told"),
            Past = json.TryGetProperty("past", out var past) ? [.. past.EnumerateArray().Select(Told)] : [],
            DueAt = json.MaybeTime("due"),
            UpdatedAt = json.MaybeTime("at")!.Value,
            Reason = json.MaybeText("reason"),
            ReplayOf = json.MaybeNumber("replay_of"),
            History = [.. json.GetProperty("history").EnumerateArray().Select(Entry)],
        };
    }

    public Delivery With(IReadOnlyList<Reply> replies) =>
        new()
        {
            Number = Number,
            Session = Session,
            State = State,
            Attempts = Attempts,
            Turn = Turn,
            Reason = Reason,
            ReplayOf = ReplayOf,
            DueAt = DueAt,
            History = History,
            Replies = replies,
        };

    public DeliverySummary Summary(Event e) => new(Number, e, Session, State, Attempts, Reason, UpdatedAt);

    private static (Ulid, int) Told(JsonElement past) => (Ulid.Parse(past.Text("turn")), (int)past.Number("slot"));

    /// <summary>State, instant, how many rounds before it were left out, note.</summary>
    private static HistoryEntry Entry(JsonElement step)
    {
        var (leftOut, note) = (step[2].GetInt32(), step[3].GetString()!);
        if (leftOut > 0)
            note = $"{note} ({leftOut} rounds before this one left out)".Trim();
        return new HistoryEntry(
            (DeliveryState)step[0].GetInt32(),
            DateTimeOffset.FromUnixTimeMilliseconds((long)step[1].GetDouble()),
            note is "" ? null : note
        );
    }
}
