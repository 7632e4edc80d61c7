using Bellhop.Store;

namespace Bellhop.Diagnostics.Views;

/// <summary>One move of a delivery: a line of <c>GET /v1/events?follow=true</c>.</summary>
public sealed record ChangeDto(
    string Key,
    string Id,
    string Type,
    string Source,
    string Session,
    long Delivery,
    string State,
    DateTimeOffset At,
    string? Note
)
{
    /// <summary>Shows a move.</summary>
    public static ChangeDto From(DeliveryChange c) =>
        new(c.Key.ToString(), c.Id, c.Type, c.Source, c.Session.Value, c.Delivery, c.State.Word(), c.At, c.Note);
}
