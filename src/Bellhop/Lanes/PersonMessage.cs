using System.Text;
using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Lanes;

/// <summary>A person's words inside an event: <c>payload.text</c>; the whole event where it holds no such words.</summary>
internal static class PersonMessage
{
    public static string TextOf(Event e) => Find(e.Body) ?? Encoding.UTF8.GetString(e.Body.Span);

    private static string? Find(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return LooseJson.Find(document.RootElement, "payload") is { } payload
                ? LooseJson.Text(payload, "text")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
