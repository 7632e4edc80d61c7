using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public abstract partial class EventStoreCompliance
{
    [Fact]
    public async Task Find_Unknown_IsNull()
    {
        (await Store.FindAsync("nothing", Cancel)).ShouldBeNull();
        (await Store.FindAsync(Make.Ulids(Time).Next().ToString(), Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Find_IdThatLooksLikeAKey_IsFoundById()
    {
        var id = Make.Ulids(Time).Next().ToString();
        var e = Machine(id);
        await Append(e);
        (await Store.FindAsync(id, Cancel)).ShouldNotBeNull().Event.Key.ShouldBe(e.Key);
    }

    [Fact]
    public async Task Find_ByKey_CountsOnlyOlderOnesOfTheId()
    {
        var (first, second) = (Machine("n", TimeSpan.Zero), Machine("n", TimeSpan.Zero));
        await Append(first);
        await Append(second);
        (await Receipt(first)).Others.ShouldBe(0);
        (await Receipt(second)).Others.ShouldBe(1);
        (await Store.FindAsync(first.Key.ToString().ToLowerInvariant(), Cancel))
            .ShouldNotBeNull()
            .Event.Key.ShouldBe(first.Key);
    }

    [Fact]
    public async Task List_Pages_NewestFirst()
    {
        var events = await AppendMany(7);
        var first = await Store.ListAsync(new DeliveryQuery { Limit = 4 }, Cancel);
        var second = await Store.ListAsync(new DeliveryQuery { Limit = 4, Before = first[^1].Delivery }, Cancel);
        first.Concat(second).Select(d => d.Event.Key).ShouldBe(events.Reverse().Select(e => e.Key));
        second.Count.ShouldBe(3);
    }

    [Fact]
    public async Task List_FiltersByStateAndSession()
    {
        await AppendMany(2, Gateway);
        await AppendMany(1, Satellite);
        await Inject(Satellite);
        var injected = await Store.ListAsync(new DeliveryQuery { State = DeliveryState.Injected }, Cancel);
        injected.ShouldHaveSingleItem().Session.ShouldBe(Satellite);
        var queued = new DeliveryQuery { Session = Gateway, State = DeliveryState.Queued };
        (await Store.ListAsync(queued, Cancel)).Count.ShouldBe(2);
        (await Store.ListAsync(queued with { Session = Satellite }, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_LimitOutOfRange_IsAFault()
    {
        await Should.ThrowAsync<StoreException>(Store.ListAsync(new DeliveryQuery { Limit = 0 }, Cancel));
        await Should.ThrowAsync<StoreException>(Store.ListAsync(new DeliveryQuery { Limit = 1_001 }, Cancel));
    }

    [Fact]
    public async Task Replay_OfADeadLetter_IsANewDeliveryOnce()
    {
        var e = await DeadLetter();
        var old = await OnlyDelivery(e);

        (await Store.ReplayAsync(e.Id, null, Cancel)).ShouldBe([Gateway]);
        (await Store.ReplayAsync(e.Id, null, Cancel)).ShouldBe([]);

        var deliveries = (await Receipt(e)).Deliveries;
        deliveries.Count.ShouldBe(2);
        deliveries[0]
            .ShouldSatisfyAllConditions(
                d => d.State.ShouldBe(DeliveryState.Dead),
                d => d.History.ShouldBe(old.History)
            );
        (deliveries[1].State, deliveries[1].ReplayOf).ShouldBe((DeliveryState.Queued, old.Number));
        (deliveries[1].Attempts, deliveries[1].Reason).ShouldBe((0, null));
        (await Lease()).Deliveries.ShouldHaveSingleItem().Delivery.ShouldBe(deliveries[1].Number);
        Store.Counts.Dead.ShouldBe(0, "a dead letter that is given again leaves the dead list");
    }

    [Fact]
    public async Task Replay_ThatDiesAgain_CanBeReplayedAgain()
    {
        var e = await DeadLetter();
        await Store.ReplayAsync(e.Id, null, Cancel);
        await Fail(await Lease(), TurnFault.Interrupted);
        (await Store.ReplayAsync(e.Id, null, Cancel)).ShouldBe([Gateway]);
        (await Receipt(e)).Deliveries.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Replay_OfOneSession_LeavesTheOthers()
    {
        var e = Machine();
        await Append(e, Gateway, Satellite);
        await Fail(await Lease(Gateway), TurnFault.Interrupted);
        await Fail(await Lease(Satellite), TurnFault.Interrupted);
        (await Store.ReplayAsync(e.Id, Satellite, Cancel)).ShouldBe([Satellite]);
        (await Store.ReplayAsync(e.Id, null, Cancel)).ShouldBe([Gateway]);
    }

    [Fact]
    public async Task Replay_OfWhatWasOnlyMoved_GivesItWhereItWentAndNowhereElse()
    {
        var (adopted, released) = (Machine(), Machine());
        await Append(adopted, Satellite);
        await Store.AdoptAsync(Satellite, "its terminal is gone", Cancel);
        await Fail(await Lease(), TurnFault.Interrupted);
        await Append(released, Satellite);
        await Reroute(released, new Target(Gateway));
        await Fail(await Lease(), TurnFault.Interrupted);

        (await Store.ReplayAsync(adopted.Id, null, Cancel)).ShouldBe([Gateway]);
        (await Store.ReplayAsync(released.Id, null, Cancel)).ShouldBe([Gateway]);
        (await Store.ReplayAsync(released.Id, Satellite, Cancel)).ShouldBe([]);
        Store.Counts.Sessions.ShouldBe([new SessionCounts(Gateway, 0, 2, 0)]);
    }

    [Fact]
    public async Task Replay_UnknownOrNothingToReplay_SaysWhich()
    {
        (await Store.ReplayAsync("nothing", null, Cancel)).ShouldBeNull();
        var e = Machine();
        await Append(e);
        (await Store.ReplayAsync(e.Id, null, Cancel)).ShouldBe([]);
    }

    [Fact]
    public async Task Replay_WakesTheWaitingLane()
    {
        var e = await DeadLetter();
        var waiting = Lease();
        await SettleAsync();
        await Store.ReplayAsync(e.Id, null, Cancel);
        Keys(await waiting).ShouldBe([e.Key]);
    }

    [Fact]
    public async Task Dismiss_LeavesTheDeadListButStaysDead()
    {
        var e = await DeadLetter();
        (await Store.DismissAsync(e.Id, Cancel)).ShouldBe(1);
        (await Store.DismissAsync(e.Id, Cancel)).ShouldBe(0);
        (await Store.DismissAsync("nothing", Cancel)).ShouldBeNull();
        Store.Counts.Dead.ShouldBe(0);
        var dead = new DeliveryQuery { State = DeliveryState.Dead };
        (await Store.ListAsync(dead, Cancel)).Count.ShouldBe(1);
        (await Store.ListAsync(dead with { HideDismissed = true }, Cancel)).ShouldBeEmpty();
        (await Store.ReplayAsync(e.Id, null, Cancel)).ShouldBe([Gateway]);
    }

    [Fact]
    public async Task Watch_TellsEveryMoveInOrder()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var changes = Store.WatchAsync(stop.Token);
        var e = Machine("w-1");
        await Append(e);
        await Complete(await Inject());

        var seen = await changes.Take(4).ToListAsync(Cancel);

        seen.Select(c => c.State)
            .ShouldBe([DeliveryState.Queued, DeliveryState.Injecting, DeliveryState.Injected, DeliveryState.Completed]);
        seen.ShouldAllBe(c => c.Key == e.Key && c.Id == "w-1" && c.Type == "test" && c.Session == Gateway);
    }

    [Fact]
    public async Task Watch_ReaderThatFallsBehind_IsEndedAndTheStoreGoesOn()
    {
        var changes = Store.WatchAsync(Cancel);
        for (var i = 0; i < 11; i++)
            await AppendMany(1_000);
        await Should.ThrowAsync<StoreException>(async () =>
        {
            await foreach (var _ in changes) { }
        });
        Store.Counts.Unfinished.ShouldBe(11_000);
    }

    [Fact]
    public async Task Watch_Cancelled_Ends()
    {
        using var stop = new CancellationTokenSource();
        await using var reader = Store.WatchAsync(stop.Token).GetAsyncEnumerator(Cancel);
        var next = reader.MoveNextAsync();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await next);
    }

    private async Task<Event> DeadLetter()
    {
        var e = Machine();
        await Append(e);
        await Fail(await Lease(), TurnFault.Interrupted);
        return e;
    }
}
