using System.Text.Json;

namespace Bellhop.Client.Http;

/// <summary>Reads Bellhop's answers.</summary>
internal static class Answers
{
    public static PushReceipt Receipt(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var e = document.RootElement.GetProperty("events")[0];
        return new PushReceipt
        {
            Id = e.GetProperty("id").GetString()!,
            Key = e.GetProperty("key").GetString(),
            Duplicate = e.GetProperty("duplicate").GetBoolean(),
            Sessions = Texts(e.GetProperty("sessions")),
        };
    }

    public static EventOutcome Outcome(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new EventOutcome
        {
            Key = root.GetProperty("event").GetProperty("key").GetString()!,
            IsSettled = root.GetProperty("settled").GetBoolean(),
            Deliveries =
            [
                .. root.GetProperty("deliveries")
                    .EnumerateArray()
                    .Select(d => new DeliveryOutcome(
                        d.GetProperty("session").GetString()!,
                        d.GetProperty("state").GetString()!,
                        d.GetProperty("reason").GetString(),
                        [.. d.GetProperty("replies").EnumerateArray().Select(r => r.GetProperty("text").GetString()!)]
                    )),
            ],
        };
    }

    /// <summary>Code and message; null where the body is not Bellhop's: a proxy's page, say.</summary>
    public static (string Code, string Message)? Fault(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var error = document.RootElement.GetProperty("error");
            return (error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> Texts(JsonElement array) =>
        [.. array.EnumerateArray().Select(t => t.GetString()!)];
}
