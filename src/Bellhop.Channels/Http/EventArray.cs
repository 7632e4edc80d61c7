using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Channels.Http;

/// <summary>Cuts an array of events into the bytes of each, as its producer wrote them.</summary>
internal static class EventArray
{
    /// <summary>The elements; or the fault, and the element it lies in.</summary>
    public static (IReadOnlyList<ReadOnlyMemory<byte>> Bodies, ReadFault? Fault, int Index) Cut(
        ReadOnlyMemory<byte> json
    )
    {
        var bodies = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = EventLimits.MaxDepth + 1 });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (bodies.Count == EventLimits.MaxArrayItems)
                    return ([], TooMany(), bodies.Count);
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                bodies.Add(json[start..(int)reader.BytesConsumed]);
            }
            // What follows the array must be nothing.
            reader.Read();
            return (bodies, null, 0);
        }
        catch (JsonException e)
        {
            return ([], ReadResult.Bad(e).Fault, bodies.Count);
        }
    }

    private static ReadFault TooMany() =>
        new(Errors.TooLarge.Code, $"The array has more than {EventLimits.MaxArrayItems:N0} events. Split it.", null);
}
