using System.Text.Json;

namespace Bellhop.SystemTests.Testing;

/// <summary>One delivery of a receipt.</summary>
internal sealed record DeliveryReceipt(
    string Session,
    string State,
    int Attempts,
    string? Turn,
    IReadOnlyList<string> States,
    string Reply
);

/// <summary>What <c>GET /v1/events/{id}</c> and <c>trace --json</c> say.</summary>
internal sealed record EventReceipt(
    string Key,
    string Id,
    int Others,
    IReadOnlyList<DeliveryReceipt> Deliveries,
    string Text
)
{
    public bool IsSettled => Deliveries.Count > 0 && Deliveries.All(d => d.State is "completed" or "dead" or "dropped");

    /// <summary>The delivery, where there is exactly one.</summary>
    public DeliveryReceipt Only => Deliveries.Single();

    public static EventReceipt Parse(JsonElement json) =>
        new(
            json.GetProperty("event").GetProperty("key").GetString()!,
            json.GetProperty("event").GetProperty("id").GetString()!,
            json.GetProperty("others").GetInt32(),
            [.. json.GetProperty("deliveries").EnumerateArray().Select(ParseDelivery)],
            json.GetRawText()
        );

    private static DeliveryReceipt ParseDelivery(JsonElement json) =>
        new(
            json.GetProperty("session").GetString()!,
            json.GetProperty("state").GetString()!,
            json.GetProperty("attempts").GetInt32(),
            json.TryGetProperty("turn", out var turn) ? turn.GetString() : null,
            [.. json.GetProperty("history").EnumerateArray().Select(h => h.GetProperty("state").GetString()!)],
            json.TryGetProperty("replies", out var replies)
                ? string.Concat(replies.EnumerateArray().Select(r => r.GetProperty("text").GetString()))
                : ""
        );
}
