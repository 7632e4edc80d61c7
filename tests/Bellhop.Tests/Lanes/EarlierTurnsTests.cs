using Bellhop.Events;
using Bellhop.Lanes;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Lanes;

public sealed class EarlierTurnsTests
{
    private static readonly ManualTime Time = new();
    private static readonly UlidFactory Ulids = new(Time);

    private readonly Ulid[] _turns = [Ulids.Next(), Ulids.Next(), Ulids.Next()];
    private readonly ScriptedAgent.Transcript _transcript = new();

    [Fact]
    public async Task Find_OwnPromptBeforeAnotherGatewaysOne_GoesOnWithItInItsPlaces()
    {
        _transcript.Add(TurnMarker.For(_turns[0]), null);

        var (turn, lease) = (await FindAsync()).ShouldNotBeNull();

        turn.ShouldBe(_turns[0]);
        lease.Deliveries.Select(d => d.Slot).ShouldBe([4, 5]);
    }

    [Fact]
    public async Task Find_TheLastPromptIsOurs_GoesOnWithIt()
    {
        _transcript.Add(TurnMarker.For(_turns[0]), null);
        _transcript.Add(TurnMarker.For(_turns[2]), null);

        var (turn, lease) = (await FindAsync()).ShouldNotBeNull();

        turn.ShouldBe(_turns[2]);
        lease.Deliveries.Select(d => d.Slot).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Find_AllWereOthers_MustBeTold() => (await FindAsync()).ShouldBeNull();

    private Task<(Ulid Turn, TurnLease Lease)?> FindAsync()
    {
        var deliveries = Enumerable
            .Range(1, 2)
            .Select(slot => new LeasedDelivery(slot, Make.Event(Time, $"e-{slot}"), Attempts: 0, Kills: 0, slot));
        var lease = new TurnLease(Ulids.Next(), SessionId.Gateway, [.. deliveries], _turns[2])
        {
            Elsewhere = [new EarlierTelling(_turns[0], [4, 5]), new EarlierTelling(_turns[1], [1, 2])],
        };
        return new EarlierTurns(new ScriptedAgent(_transcript)).FindAsync(lease, TestContext.Current.CancellationToken);
    }
}
