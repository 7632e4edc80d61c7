using Bellhop.Store;

namespace Bellhop.Diagnostics.Views;

/// <summary>What became of an event: <c>GET /v1/events/{id}</c>, <c>bellhop trace --json</c>.</summary>
public sealed record ReceiptDto
{
    /// <summary>What happened.</summary>
    public required EventDto Event { get; init; }

    /// <summary>How many older events carry the same id.</summary>
    public required int Others { get; init; }

    /// <summary>True when nothing more will happen to it by itself.</summary>
    public required bool Settled { get; init; }

    /// <summary>One for each session, and one for each replay, in the order they were added.</summary>
    public required IReadOnlyList<DeliveryDto> Deliveries { get; init; }

    /// <summary>Shows a receipt.</summary>
    public static ReceiptDto From(Receipt receipt) =>
        new()
        {
            Event = EventDto.From(receipt.Event),
            Others = receipt.Others,
            Settled = receipt.IsSettled,
            Deliveries = [.. receipt.Deliveries.Select(DeliveryDto.From)],
        };
}
