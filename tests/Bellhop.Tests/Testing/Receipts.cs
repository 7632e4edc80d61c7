using System.Text.Json;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Tests.Testing;

/// <summary>Receipts as the API sends them.</summary>
internal static class Receipts
{
    private static readonly DateTimeOffset Arrived = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    /// <summary>One event for <c>gateway</c>. <paramref name="reason"/> is JSON.</summary>
    public static string Json(string state, string reason, string? reply) =>
        JsonSerializer.Serialize(
            Make(state, JsonSerializer.Deserialize(reason, BellhopJson.Default.String), reply),
            BellhopJson.Plain.ReceiptDto
        );

    public static ReceiptDto Make(string state, string? reason, string? reply) =>
        new()
        {
            Event = new EventDto
            {
                Key = "01M7YEK2Z8YQN5VNXE18Z5GGNV",
                Id = "x",
                Type = "download.complete",
                Source = "cli",
                ArrivedAt = Arrived,
                Kind = "machine",
            },
            Others = 0,
            Settled = state is "completed" or "dead" or "dropped",
            Deliveries =
            [
                new DeliveryDto
                {
                    Delivery = 1,
                    Session = "gateway",
                    State = state,
                    Attempts = 0,
                    Reason = reason,
                    History =
                    [
                        new StepDto("queued", Arrived, null),
                        new StepDto(state, Arrived.AddMilliseconds(12), null),
                    ],
                    Replies = reply is null ? [] : [new ReplyDto(0, reply, null, "kept")],
                },
            ],
        };
}
