using Bellhop.Agents;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Lanes;

/// <summary>Events are told once per transcript: again only where the transcript holds no prompt that told them.</summary>
internal sealed class EarlierTurns(IAgent agent)
{
    /// <summary>The turn to go on with, and the lease with the places that its events have there; null = they must be told.</summary>
    public async Task<(Ulid Turn, TurnLease Lease)?> FindAsync(TurnLease lease, CancellationToken cancel)
    {
        if (lease.Continues is null && lease.Elsewhere.Count == 0)
            return null;
        await Task.Yield(); // a transcript may be long, and a lease comes on the store's own thread
        if (lease.Continues is { } told && await HoldsAsync(told, cancel))
            return (told, lease);
        foreach (var earlier in lease.Elsewhere.Reverse())
        {
            if (await HoldsAsync(earlier.Turn, cancel))
                return (earlier.Turn, Placed(lease, earlier));
        }
        return null;
    }

    private static TurnLease Placed(TurnLease lease, EarlierTelling earlier) =>
        lease with
        {
            Deliveries = [.. lease.Deliveries.Zip(earlier.Slots, (delivery, slot) => delivery with { Slot = slot })],
        };

    private async Task<bool> HoldsAsync(Ulid turn, CancellationToken cancel) =>
        await agent.ArrivedAsync(TurnMarker.For(turn), cancel) is Arrival.Yes;
}
