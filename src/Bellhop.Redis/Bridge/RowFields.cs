using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Redis.Bridge;

/// <summary>What a row of an event list says beside its event.</summary>
internal static class RowFields
{
    /// <summary>The key that a row carries which we handed over ourselves; null in a producer's own.</summary>
    public static Ulid? Key(ReadOnlyMemory<byte> row)
    {
        // Nearly no row has one, and parsing each twice would cost as much as all the rest.
        if (row.Span.IndexOf("\"key\""u8) < 0)
            return null;
        try
        {
            using var json = JsonDocument.Parse(row);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("key", out var key)
                && key.ValueKind == JsonValueKind.String
                && Ulid.TryParse(key.GetString(), out var ulid)
                ? ulid
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // no event, or half a character in it: the reader says why
        }
    }
}
