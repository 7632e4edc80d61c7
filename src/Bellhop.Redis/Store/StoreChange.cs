using System.Globalization;
using System.Text;
using System.Text.Json;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>Which change of which place a message tells of: its first two words. The rest is read only where it is news.</summary>
internal readonly record struct ChangeHead(string Place, long Version, ReadOnlyMemory<byte> Json)
{
    public static ChangeHead Read(ReadOnlyMemory<byte> message)
    {
        var first = message.Span.IndexOf((byte)' ');
        var second = first + 1 + message.Span[(first + 1)..].IndexOf((byte)' ');
        return new ChangeHead(
            Encoding.ASCII.GetString(message.Span[..first]),
            long.Parse(message.Span[(first + 1)..second], CultureInfo.InvariantCulture),
            message[(second + 1)..]
        );
    }
}

/// <summary>What one change came to: the counts that it touched, and the deliveries that moved.</summary>
internal sealed record StoreChange(
    long Unfinished,
    long Dead,
    IReadOnlyList<(string Field, long Count)> Counts,
    IReadOnlyList<DeliveryChange> Moves
)
{
    public static StoreChange Read(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var json = document.RootElement;
        return new StoreChange(
            json.Number("unfinished"),
            json.Number("dead"),
            [.. json.GetProperty("counts").EnumerateObject().Select(c => (c.Name, (long)c.Value.GetDouble()))],
            json.TryGetProperty("moves", out var moves) ? [.. moves.EnumerateArray().Select(Move)] : []
        );
    }

    /// <summary>Number, from, to, session, key, id, type, source, instant, note.</summary>
    private static DeliveryChange Move(JsonElement move) =>
        new(
            Ulid.Parse(move[4].GetString()!),
            move[5].GetString()!,
            move[6].GetString()!,
            move[7].GetString()!,
            SessionId.Parse(move[3].GetString()!),
            (long)move[0].GetDouble(),
            (DeliveryState)move[2].GetInt32(),
            DateTimeOffset.FromUnixTimeMilliseconds((long)move[8].GetDouble()),
            move[9].GetString() is { Length: > 0 } note ? note : null
        );
}
