using System.Buffers;
using System.Text.Json;
using Bellhop.Redis.Client;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>An append in the words of its script.</summary>
internal static class AppendArguments
{
    /// <param name="events">What to write.</param>
    /// <param name="maxUnfinished">See <see cref="RedisStoreOptions.MaxUnfinished"/>.</param>
    /// <param name="from">The row it was; null for none.</param>
    /// <param name="taken">Where terminals have it in hand already.</param>
    /// <param name="lease">What a lane waits for, as the lease's script has it; null where none does.</param>
    public static IReadOnlyList<RedisArgument> Of(
        IReadOnlyList<NewEvent> events,
        long maxUnfinished,
        ListRow? from,
        TakenUnder? taken,
        IReadOnlyList<RedisArgument>? lease
    )
    {
        var words = new List<RedisArgument>(10 + events.Count * 3)
        {
            maxUnfinished,
            from?.List ?? "",
            from?.Bytes ?? ReadOnlyMemory<byte>.Empty,
            taken is null ? "1" : "0",
        };
        words.AddRange(lease ?? [""]);
        foreach (var e in events)
        {
            words.Add(EventJson.Write(e.Event));
            words.Add(e.Event.Body);
            words.Add(Plan(e, from?.Claim, taken));
        }
        return words;
    }

    private static ReadOnlyMemory<byte> Plan(NewEvent e, ClaimNote? claim, TakenUnder? taken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, EventJson.Legible))
        {
            json.WriteStartObject();
            if (e.Quarantine is { } reason)
                json.WriteString("quarantine", Note.Clean(reason));
            if (claim is not null)
            {
                json.WriteString("claim", claim.Key);
                json.WriteString("claimed", Note.Clean(claim.Note));
            }
            if (taken is not null)
                json.WriteString("taken", taken.Turn?.ToString() ?? "");
            json.WritePropertyName("targets");
            Write(json, e.Targets);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    /// <summary>Targets in the words of the scripts.</summary>
    public static ReadOnlyMemory<byte> Targets(IReadOnlyList<Target> targets)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, EventJson.Legible))
            Write(json, targets);
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Target> targets)
    {
        json.WriteStartArray();
        foreach (var target in targets)
        {
            json.WriteStartObject();
            json.WriteString("session", target.Session.Value);
            json.WriteBoolean("known", target.Known);
            if (target.Note is not null)
                json.WriteString("note", Note.Clean(target.Note));
            if (target.DroppedBy is not null)
                json.WriteString("dropped_by", Note.Clean(target.DroppedBy));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
