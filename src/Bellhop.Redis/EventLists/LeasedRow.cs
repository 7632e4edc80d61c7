using Bellhop.Events;

namespace Bellhop.Redis.EventLists;

/// <summary>A row that one connection has read and not yet taken. In the store it is queued all the while.</summary>
/// <param name="Delivery">Which delivery.</param>
/// <param name="Session">Whose.</param>
/// <param name="Body">The row.</param>
/// <param name="List">The list that shows it: the event list itself, or the one it was moved to.</param>
internal sealed record LeasedRow(long Delivery, SessionId Session, ReadOnlyMemory<byte> Body, string List)
{
    /// <summary>The name under which the client first read it; an event list of central has several.</summary>
    public string ReadAs { get; init; } = List;

    /// <summary>
    /// A receipt said how far the event is, so that taking the row off its list says nothing more; it waits no longer.
    /// </summary>
    public bool IsReported { get; init; }
}
