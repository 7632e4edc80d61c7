using System.Globalization;
using System.Text;
using System.Text.Json;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>
/// Which change of which place a message tells of. The rest of it is read only where it is news: a message without one is
/// the mark behind which everything up to this version has been told.
/// </summary>
internal readonly record struct ChangeHead(string Place, long Version, ReadOnlyMemory<byte> Rest)
{
    public static ChangeHead Read(ReadOnlyMemory<byte> message)
    {
        var (place, afterPlace) = Cut(message, (byte)' ');
        var (version, rest) = Cut(afterPlace, (byte)' ');
        return new ChangeHead(Encoding.ASCII.GetString(place.Span), Number(version), rest);
    }

    public static long Number(ReadOnlyMemory<byte> digits) => long.Parse(digits.Span, CultureInfo.InvariantCulture);

    /// <summary>What stands before the first mark, and what behind it.</summary>
    public static (ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After) Cut(ReadOnlyMemory<byte> text, byte mark) =>
        text.Span.IndexOf(mark) is >= 0 and var at
            ? (text[..at], text[(at + 1)..])
            : (text, ReadOnlyMemory<byte>.Empty);
}

/// <summary>What one change came to: the counts that it touched, and the deliveries that moved.</summary>
internal sealed class StoreChange
{
    private readonly ReadOnlyMemory<byte> _moved;
    private List<DeliveryChange>? _moves;

    private StoreChange(ReadOnlyMemory<byte> moved) => _moved = moved;

    public required string Place { get; init; }

    public required long Version { get; init; }

    public required long Unfinished { get; init; }

    public required long Dead { get; init; }

    public required IReadOnlyList<(string Field, long Count)> Counts { get; init; }

    /// <summary>Read when they are asked for.</summary>
    public IReadOnlyList<DeliveryChange> Moves => _moves ??= ReadMoves();

    /// <summary>The rest of the first line, then a line for each count, then one for each delivery that moved.</summary>
    public static StoreChange Read(ChangeHead head)
    {
        var (totals, lines) = ChangeHead.Cut(head.Rest, (byte)'\n');
        var (unfinished, dead) = ChangeHead.Cut(totals, (byte)' ');
        var counts = new List<(string, long)>();
        while (!lines.IsEmpty && !IsMove(lines))
        {
            (var line, lines) = ChangeHead.Cut(lines, (byte)'\n');
            counts.Add(Count(line));
        }
        return new StoreChange(lines)
        {
            Place = head.Place,
            Version = head.Version,
            Unfinished = ChangeHead.Number(unfinished),
            Dead = ChangeHead.Number(dead),
            Counts = counts,
        };
    }

    private static bool IsMove(ReadOnlyMemory<byte> line) =>
        line.Span[0] is (byte)'{' or (>= (byte)'0' and <= (byte)'9');

    private List<DeliveryChange> ReadMoves()
    {
        var moves = new List<DeliveryChange>();
        for (var lines = _moved; !lines.IsEmpty; )
        {
            (var line, lines) = ChangeHead.Cut(lines, (byte)'\n');
            AddMoves(line, moves);
        }
        return moves;
    }

    private static (string Field, long Count) Count(ReadOnlyMemory<byte> line)
    {
        var end = line.Span.LastIndexOf((byte)' ');
        return (Encoding.ASCII.GetString(line.Span[..end]), ChangeHead.Number(line[(end + 1)..]));
    }

    /// <summary>The delivery as it is kept, behind how often it moved where that was not once: the last of its history.</summary>
    private static void AddMoves(ReadOnlyMemory<byte> line, List<DeliveryChange> moves)
    {
        var start = line.Span.IndexOf((byte)'{');
        var times = start == 0 ? 1 : (int)ChangeHead.Number(line[..start]);
        using var document = JsonDocument.Parse(line[start..]);
        var json = document.RootElement;
        var key = json.Text("event");
        var history = json.GetProperty("history");
        for (var i = history.GetArrayLength() - times; i < history.GetArrayLength(); i++)
        {
            var step = history[i];
            moves.Add(
                new DeliveryChange(
                    Ulid.Parse(key),
                    json.MaybeText("id") ?? key,
                    json.Text("type"),
                    json.Text("source"),
                    SessionId.Parse(json.Text("session")),
                    json.Number("number"),
                    (DeliveryState)step[0].GetInt32(),
                    DateTimeOffset.FromUnixTimeMilliseconds((long)step[1].GetDouble()),
                    step[3].GetString() is { Length: > 0 } note ? note : null
                )
            );
        }
    }
}
