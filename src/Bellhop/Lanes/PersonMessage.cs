using System.Text;
using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Lanes;

/// <summary>A person's words inside an event: <c>payload.text</c>.</summary>
internal static class PersonMessage
{
    public static string TextOf(Event e)
    {
        using var document = JsonDocument.Parse(e.Body);
        return
            document.RootElement.TryGetProperty("payload", out var payload)
            && payload.ValueKind == JsonValueKind.Object
            && payload.TryGetProperty("text", out var text)
            && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : Encoding.UTF8.GetString(e.Body.Span);
    }
}
