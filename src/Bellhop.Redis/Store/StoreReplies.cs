using System.Globalization;
using System.Text.Json;
using Bellhop.Events;
using Bellhop.Redis.Resp;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>Reads what scripts answer.</summary>
internal static class StoreReplies
{
    public static long Number(RespValue value) =>
        value is RespInteger number ? number.Value : long.Parse(value.ToString()!, CultureInfo.InvariantCulture);

    public static ReadOnlyMemory<byte> Bytes(RespValue value) => ((RespBulk)value).Bytes;

    public static IReadOnlyList<RespValue> Items(RespValue value) => ((RespAggregate)value).Items;

    public static IReadOnlyList<(string Field, long Count)> CountsOf(RespAggregate flat) =>
        [.. flat.Items.Chunk(2).Select(pair => (pair[0].ToString()!, Number(pair[1])))];

    /// <summary>Neither events nor a refusal where the row to append was gone.</summary>
    public static AppendResult Appended(RespValue answer, IReadOnlyList<NewEvent> events)
    {
        using var document = JsonDocument.Parse(Bytes(answer));
        var json = document.RootElement;
        return json.ValueKind == JsonValueKind.Array
                ? new AppendResult([.. json.EnumerateArray().Select((e, i) => Appended(e, events[i]))])
            : json.GetString() == "full" ? AppendResult.Refused(AppendRefusal.Full)
            : new AppendResult([]);
    }

    /// <summary>The lease, or when there may be one. Of <paramref name="brought"/> by the same call it says only which.</summary>
    public static (TurnLease? Lease, DateTimeOffset? NextDue) Leased(
        RespValue answer,
        SessionId session,
        IReadOnlyList<NewEvent> brought
    )
    {
        var items = Items(answer);
        if (items[0].ToString() is not { Length: > 0 } turn)
            return (
                null,
                items[1].ToString() is { Length: > 0 } due
                    ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(due, CultureInfo.InvariantCulture))
                    : null
            );
        var continues = items[1].ToString() is { Length: > 0 } told ? Ulid.Parse(told) : (Ulid?)null;
        var rows = items.Skip(2).Chunk(3).Select(row => Leased(row, brought)).ToList();
        return (Lease(Ulid.Parse(turn), session, rows, continues), null);
    }

    /// <summary>A delivery, its event, its body; or of an event that the call brought its number and the event's, from 1.</summary>
    private static LeasedJson Leased(RespValue[] row, IReadOnlyList<NewEvent> brought) =>
        Bytes(row[1]).Span[0] == '{'
            ? LeasedJson.Of(DeliveryJson.Read(Bytes(row[0])), EventJson.Read(Bytes(row[1]), Bytes(row[2])))
            : LeasedJson.Of(Number(row[0]), brought[(int)Number(row[1]) - 1].Event);

    private static TurnLease Lease(Ulid turn, SessionId session, List<LeasedJson> rows, Ulid? continues) =>
        new(turn, session, [.. rows.Select(d => d.Delivery)], continues)
        {
            // What one prompt carries has the same past but for the places.
            Elsewhere =
            [
                .. rows[0]
                    .Past.Select((past, i) => new EarlierTelling(past.Turn, [.. rows.Select(d => d.Past[i].Slot)])),
            ],
        };

    public static IReadOnlyList<OpenTurn> Turns(RespValue answer, SessionId session) =>
        [
            .. Deliveries(Items(answer))
                .GroupBy(d => d.Delivery.Turn!.Value)
                .Select(turn => Turn(turn.Key, session, [.. turn])),
        ];

    public static IEnumerable<(DeliveryJson Delivery, Event Event)> Deliveries(IEnumerable<RespValue> items) =>
        items.Chunk(3).Select(d => (DeliveryJson.Read(Bytes(d[0])), EventJson.Read(Bytes(d[1]), Bytes(d[2]))));

    public static Receipt Receipt(RespValue answer)
    {
        var items = Items(answer);
        var replies = Items(items[4]);
        var deliveries = Items(items[3])
            .Select((d, i) => DeliveryJson.Read(Bytes(d)).With(ReplyJson.Read(Bytes(replies[i]))));
        return new Receipt(EventJson.Read(Bytes(items[0]), Bytes(items[1])), [.. deliveries], (int)Number(items[2]));
    }

    public static Event Event(RespAggregate answer) => EventJson.Read(Bytes(answer.Items[0]), Bytes(answer.Items[1]));

    public static IReadOnlyList<WaitingRow> Waiting(RespValue answer) =>
        [.. Items(answer).Chunk(3).Select(row => new WaitingRow(Number(row[0]), row[1].ToString()!, Bytes(row[2])))];

    public static IReadOnlyList<SessionRecord> Sessions(RespValue answer) =>
        [.. Items(answer).Chunk(2).Select(Session).OrderBy(s => s.Session.Value, StringComparer.Ordinal)];

    public static FaultResult Fault(RespValue answer)
    {
        using var document = JsonDocument.Parse(Bytes(answer));
        var json = document.RootElement;
        return new FaultResult(
            (int)json.Number("requeued"),
            json.TryGetProperty("dead", out var dead) ? [.. dead.EnumerateArray().Select(d => (long)d.GetDouble())] : []
        );
    }

    /// <summary>The sessions; null where the event is unknown.</summary>
    public static IReadOnlyList<SessionId>? Replayed(RespValue answer)
    {
        using var document = JsonDocument.Parse(Bytes(answer));
        return document.RootElement.ValueKind == JsonValueKind.Null
            ? null
            : [.. document.RootElement.EnumerateArray().Select(s => SessionId.Parse(s.GetString()!))];
    }

    /// <summary>How many a slice was done to, and where the next begins; null where there is none.</summary>
    public static (int Count, long? Last) Slice(RespValue answer, string count)
    {
        using var document = JsonDocument.Parse(Bytes(answer));
        return ((int)document.RootElement.Number(count), document.RootElement.MaybeNumber("last"));
    }

    /// <summary>0 for a new event that got all it asked for, else what it is a repetition of.</summary>
    private static AppendedEvent Appended(JsonElement e, NewEvent asked) =>
        e.ValueKind == JsonValueKind.Number
            ? new AppendedEvent(
                asked.Event.Key,
                asked.Event.Id,
                Duplicate: false,
                [.. asked.Targets.Where(t => t.DroppedBy is null).Select(t => t.Session).Distinct()]
            )
            : new AppendedEvent(
                Ulid.Parse(e[0].GetString()!),
                asked.Event.Id,
                e[1].GetBoolean(),
                [.. e[2].EnumerateArray().Select(s => SessionId.Parse(s.GetString()!))]
            );

    private static OpenTurn Turn(Ulid turn, SessionId session, IReadOnlyList<(DeliveryJson Delivery, Event Event)> open)
    {
        var head = open[0].Delivery;
        // A turn that told the events itself continues none.
        var continues = head.ToldIn == turn ? null : head.ToldIn;
        return new OpenTurn(
            Lease(turn, session, [.. open.Select(d => LeasedJson.Of(d.Delivery, d.Event))], continues),
            head.State
        );
    }

    private static SessionRecord Session(RespValue[] pair) =>
        pair[1].ToString()!.Split(' ') is [var member, var seen]
            ? new SessionRecord(
                SessionId.Parse(pair[0].ToString()!),
                member == "1",
                DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(seen, CultureInfo.InvariantCulture))
            )
            : throw new StoreException($"'{pair[1]}' is no session record of ours.");
}
