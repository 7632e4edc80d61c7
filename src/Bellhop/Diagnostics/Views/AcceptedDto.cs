using Bellhop.Store;

namespace Bellhop.Diagnostics.Views;

/// <summary>The answer to <c>POST /v1/events</c>: everything named here is on disk.</summary>
/// <param name="Events">One for each event sent, in order.</param>
public sealed record AcceptedDto(IReadOnlyList<AcceptedEventDto> Events)
{
    /// <summary>Shows an append.</summary>
    public static AcceptedDto From(AppendResult append) => new([.. append.Events.Select(AcceptedEventDto.From)]);
}

/// <summary>One accepted event; also the answer to <c>POST /v1/messages</c>.</summary>
/// <param name="Key">Ours; the first one's for a duplicate.</param>
/// <param name="Id">The producer's id.</param>
/// <param name="State">
/// accepted, and <c>GET /v1/events/{id}</c> tells how it goes on; or spooled: on this machine's disk until Redis is back.
/// </param>
/// <param name="Duplicate">True where it was known already and nothing was added.</param>
/// <param name="Sessions">Who gets it.</param>
public sealed record AcceptedEventDto(
    string Key,
    string Id,
    string State,
    bool Duplicate,
    IReadOnlyList<string> Sessions
)
{
    /// <summary>Shows one event of an append.</summary>
    public static AcceptedEventDto From(AppendedEvent e) =>
        new(
            e.Key.ToString(),
            e.Id,
            e.Spooled ? "spooled" : "accepted",
            e.Duplicate,
            [.. e.Sessions.Select(s => s.Value)]
        );
}
