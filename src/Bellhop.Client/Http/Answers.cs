using System.Text.Json;

namespace Bellhop.Client.Http;

/// <summary>Reads Bellhop's answers.</summary>
internal static class Answers
{
    /// <summary>Null where it is not Bellhop that answered.</summary>
    public static T? TryRead<T>(byte[] json, Func<byte[], T> read)
        where T : class
    {
        try
        {
            return read(json);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public static PushReceipt Receipt(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var e = document.RootElement.GetProperty("events").EnumerateArray().First();
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
    public static Fault? Fault(byte[] json) =>
        TryRead(
            json,
            static bytes =>
            {
                using var document = JsonDocument.Parse(bytes);
                var error = document.RootElement.GetProperty("error");
                return new Fault(error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!);
            }
        );

    private static IReadOnlyList<string> Texts(JsonElement array) =>
        [.. array.EnumerateArray().Select(t => t.GetString()!)];
}

/// <summary>Why Bellhop said no.</summary>
internal sealed record Fault(string Code, string Message);
