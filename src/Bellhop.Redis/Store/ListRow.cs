using Bellhop.Events;

namespace Bellhop.Redis.Store;

/// <summary>The row of a list that an event was: the append takes it from there in the same step.</summary>
internal sealed record ListRow(string List, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>What its terminal wrote down before it began; null where no terminal has it in hand.</summary>
    public ClaimNote? Claim { get; init; }
}

/// <summary>A terminal took an event before the store heard of it.</summary>
/// <param name="Turn">Its turn; null where it counts none.</param>
internal sealed record TakenUnder(Ulid? Turn);

/// <summary>Where <paramref name="Key"/> exists as the row is taken, <paramref name="Note"/> stands on the receipt instead.</summary>
internal sealed record ClaimNote(string Key, string Note);
