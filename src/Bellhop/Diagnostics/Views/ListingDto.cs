using Bellhop.Store;

namespace Bellhop.Diagnostics.Views;

/// <summary>One page of <c>GET /v1/events</c>, newest first.</summary>
/// <param name="Events">One row for each delivery.</param>
/// <param name="Next">What to pass as <c>after</c> for the next page; null = this is the last.</param>
public sealed record ListingDto(IReadOnlyList<RowDto> Events, long? Next)
{
    /// <summary>Shows a page that was asked for with the given limit.</summary>
    public static ListingDto From(IReadOnlyList<DeliverySummary> rows, int limit) =>
        new([.. rows.Select(RowDto.From)], rows.Count < limit ? null : rows[^1].Delivery);
}

/// <summary>One delivery in a listing.</summary>
public sealed record RowDto
{
    /// <summary>The delivery's number.</summary>
    public required long Delivery { get; init; }

    /// <summary>The event's key.</summary>
    public required string Key { get; init; }

    /// <summary>The producer's id.</summary>
    public required string Id { get; init; }

    /// <summary>What happened.</summary>
    public required string Type { get; init; }

    /// <summary>Who says so.</summary>
    public required string Source { get; init; }

    /// <summary>machine or person.</summary>
    public required string Kind { get; init; }

    /// <summary>For whom.</summary>
    public required string Session { get; init; }

    /// <summary>Where it stands.</summary>
    public required string State { get; init; }

    /// <summary>Failed attempts so far.</summary>
    public required int Attempts { get; init; }

    /// <summary>Why it is dead or dropped.</summary>
    public string? Reason { get; init; }

    /// <summary>When the event reached us.</summary>
    public required DateTimeOffset ArrivedAt { get; init; }

    /// <summary>When the delivery last moved.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Shows a row.</summary>
    public static RowDto From(DeliverySummary row) =>
        new()
        {
            Delivery = row.Delivery,
            Key = row.Event.Key.ToString(),
            Id = row.Event.Id,
            Type = row.Event.Type,
            Source = row.Event.Source,
            Kind = row.Event.Kind == Bellhop.Events.EventKind.Person ? "person" : "machine",
            Session = row.Session.Value,
            State = row.State.Word(),
            Attempts = row.Attempts,
            Reason = row.Reason,
            ArrivedAt = row.Event.ArrivedAt,
            UpdatedAt = row.UpdatedAt,
        };
}
