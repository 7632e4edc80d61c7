using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public abstract partial class EventStoreCompliance
{
    [Fact]
    public async Task Sessions_OfANewStore_HoldTheGateway()
    {
        var session = (await Store.SessionsAsync(Cancel)).ShouldHaveSingleItem();
        (session.Session, session.Member).ShouldBe((Gateway, true));
    }

    [Fact]
    public async Task Leave_Gateway_ItStaysAMember()
    {
        await Store.LeaveAsync(Gateway, Cancel);
        (await Store.SessionsAsync(Cancel)).ShouldHaveSingleItem().Member.ShouldBeTrue();
    }

    [Fact]
    public async Task Join_QueuesWhatWaitedAndWakesItsLane()
    {
        var e = Machine();
        await Store.AppendAsync([Make.NewForUnknown(e, Satellite)], Cancel);
        var waiting = Lease(Satellite);
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();

        (await Store.JoinAsync(Satellite, Cancel)).ShouldBe(1);

        Keys(await waiting).ShouldBe([e.Key]);
        States(await OnlyDelivery(e)).ShouldBe([DeliveryState.Accepted, DeliveryState.Queued, DeliveryState.Injecting]);
        (await Store.JoinAsync(Satellite, Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task JoinAndLeave_AreRemembered()
    {
        await Store.JoinAsync(Satellite, Cancel);
        await AppendMany(1, Satellite);
        Time.Advance(TimeSpan.FromMinutes(1));
        await Store.LeaveAsync(Satellite, Cancel);
        await ReopenAsync(crash: true);
        var left = (await Store.SessionsAsync(Cancel)).Single(s => s.Session == Satellite);
        left.ShouldBe(new SessionRecord(Satellite, false, Time.GetUtcNow()));
        Store.Counts.Sessions.ShouldBe([new SessionCounts(Satellite, 0, 1, 0)]);
    }

    [Fact]
    public async Task Adopt_GivesCentralWhatWaitedInVain()
    {
        var old = Machine();
        await Store.AppendAsync([Make.NewForUnknown(old, Satellite)], Cancel);
        Time.Advance(TimeSpan.FromMinutes(10));
        var young = Machine();
        await Store.AppendAsync([Make.NewForUnknown(young, Satellite)], Cancel);

        (await Store.AdoptAsync(Time.GetUtcNow() - TimeSpan.FromMinutes(9), Cancel)).ShouldBe(1);

        var deliveries = (await Receipt(old)).Deliveries;
        (deliveries[0].State, deliveries[0].Reason).ShouldBe((DeliveryState.Dropped, "adopted"));
        (deliveries[1].Session, deliveries[1].State).ShouldBe((Gateway, DeliveryState.Queued));
        deliveries[1].History[^1].Note.ShouldBe($"adopted: session {Satellite} never came");
        (await OnlyDelivery(young)).State.ShouldBe(DeliveryState.Accepted);
    }

    [Fact]
    public async Task Adopt_WhatCentralHas_GivesItNotTwice()
    {
        var e = Machine();
        await Store.AppendAsync([new NewEvent(e, [new Target(Gateway), new Target(Satellite, Known: false)])], Cancel);
        Time.Advance(TimeSpan.FromMinutes(10));
        (await Store.AdoptAsync(Time.GetUtcNow(), Cancel)).ShouldBe(1);
        (await Receipt(e)).Deliveries.Count(d => d.Session == Gateway).ShouldBe(1);
    }

    [Fact]
    public async Task Waiting_ShowsTheOldestOfBothKindsInArrivalOrder()
    {
        Event[] events = [Machine(), Person(), Machine(), Person()];
        foreach (var e in events)
            await Append(e, Satellite);
        var rows = await Store.WaitingAsync(Satellite, 3, long.MaxValue, Cancel);
        rows.Select(r => r.Type).ShouldBe(["test", "message", "test"]);
        rows.Select(r => r.Delivery).ShouldBeInOrder();
        rows[0].Body.ToArray().ShouldBe(events[0].Body.ToArray());
        Store.Counts.Sessions.ShouldBe([new SessionCounts(Satellite, 0, 4, 0)]);
    }

    [Theory]
    [InlineData(300, 3)]
    [InlineData(299, 2)]
    [InlineData(1, 1)]
    public async Task Waiting_BeyondItsBytes_EndsThereButShowsTheFirst(long maxBytes, int shown)
    {
        for (var i = 0; i < 3; i++)
            await Append(Machine(body: new string('x', 100)), Satellite);
        (await Store.WaitingAsync(Satellite, 9, maxBytes, Cancel)).Count.ShouldBe(shown);
    }

    [Fact]
    public async Task OldestWaiting_IsTheArrivalOfTheFirstInLine()
    {
        (await Store.OldestWaitingAsync(Satellite, Cancel)).ShouldBeNull();
        var (first, second) = (Person(), Machine());
        await Store.AppendAsync([Make.NewForUnknown(first, Satellite)], Cancel);
        Time.Advance(TimeSpan.FromMinutes(3));
        await Append(second with { ArrivedAt = Time.GetUtcNow() }, Satellite);
        (await Store.OldestWaitingAsync(Satellite, Cancel)).ShouldBe(first.ArrivedAt);

        await Store.JoinAsync(Satellite, Cancel);
        (await Store.OldestWaitingAsync(Satellite, Cancel)).ShouldBe(first.ArrivedAt);
        await Store.TakeAsync([(await OnlyDelivery(first)).Number], "taken", Cancel);

        (await Store.OldestWaitingAsync(Satellite, Cancel)).ShouldBe(Time.GetUtcNow());
        (await Store.OldestWaitingAsync(Gateway, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Take_CompletesWhatIsStillThere()
    {
        var events = await AppendMany(3, Satellite);
        var rows = await Store.WaitingAsync(Satellite, 2, long.MaxValue, Cancel);
        long[] numbers = [.. rows.Select(r => r.Delivery), 999_999];

        (await Store.TakeAsync(numbers, "taken by client", Cancel)).ShouldBe(2);
        (await Store.TakeAsync(numbers, "taken by client", Cancel)).ShouldBe(0);

        var taken = await OnlyDelivery(events[0]);
        States(taken)
            .ShouldBe([
                DeliveryState.Accepted,
                DeliveryState.Queued,
                DeliveryState.Injecting,
                DeliveryState.Injected,
                DeliveryState.Completed,
            ]);
        taken.History[^1].Note.ShouldBe("taken by client");
        taken.History.Skip(1).ShouldAllBe(h => h.At == Time.GetUtcNow());
        (await Store.WaitingAsync(Satellite, 9, long.MaxValue, Cancel)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Purge_DeletesOnlyWhatEndedLongAgo()
    {
        var (done, dismissed, kept, unfinished) = (Machine(), Machine(), Machine(), Machine());
        await Append(done);
        await Store.CompleteAsync((await Inject()).Turn, [new Reply(0, "bye")], null, Cancel);
        await Append(dismissed);
        await Fail(await Lease(), TurnFault.Interrupted);
        await Store.DismissAsync(dismissed.Id, Cancel);
        await Append(kept);
        await Fail(await Lease(), TurnFault.Interrupted);
        await Append(unfinished);
        Time.Advance(TimeSpan.FromDays(30));
        var young = Machine();
        await Append(young);

        var cutoff = Time.GetUtcNow() - TimeSpan.FromDays(1);
        (await Store.PurgeAsync(new Retention(cutoff, cutoff), Cancel)).ShouldBe(2);

        (await Store.FindAsync(done.Id, Cancel)).ShouldBeNull();
        (await Store.FindAsync(dismissed.Id, Cancel)).ShouldBeNull();
        foreach (var e in (Event[])[kept, unfinished, young])
            (await Store.FindAsync(e.Id, Cancel)).ShouldNotBeNull();
        Store.Counts.ShouldSatisfyAllConditions(c => c.Dead.ShouldBe(1), c => c.Unfinished.ShouldBe(2));
    }

    [Fact]
    public async Task Purge_EventWithOneUnfinishedDelivery_Stays()
    {
        var e = Machine();
        await Append(e, Gateway, Satellite);
        await Complete(await Inject(Gateway));
        Time.Advance(TimeSpan.FromDays(30));
        (await Store.PurgeAsync(new Retention(Time.GetUtcNow(), Time.GetUtcNow()), Cancel)).ShouldBe(0);
        (await Receipt(e)).Deliveries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Purge_WithinTheDedupeWindow_KeepsWhatARepetitionMustMeet()
    {
        await Append(Machine("u", TimeSpan.FromDays(7)));
        await Complete(await Inject());
        Time.Advance(TimeSpan.FromDays(2));
        (await Store.PurgeAsync(new Retention(Time.GetUtcNow(), Time.GetUtcNow()), Cancel)).ShouldBe(0);
        (await Append(Machine("u", TimeSpan.FromDays(7)))).Duplicate.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Purge_OfAllThereIs_GivesNoNumberTwice(bool reopened)
    {
        await AppendMany(2);
        var rows = await Store.WaitingAsync(Gateway, 9, long.MaxValue, Cancel);
        await Store.TakeAsync([.. rows.Select(r => r.Delivery)], "taken", Cancel);
        Time.Advance(TimeSpan.FromDays(1));
        await Store.PurgeAsync(new Retention(Time.GetUtcNow(), Time.GetUtcNow()), Cancel);
        if (reopened)
            await ReopenAsync(crash: false);

        await Append(Machine());

        var row = (await Store.WaitingAsync(Gateway, 9, long.MaxValue, Cancel)).ShouldHaveSingleItem();
        row.Delivery.ShouldBe(rows.Max(r => r.Delivery) + 1);
    }

    [Fact]
    public async Task Purge_AClockWasAheadForAWhile_DeletesWhatCameLater()
    {
        Event[] events = [Machine(), Machine() with { ArrivedAt = Time.GetUtcNow().AddYears(1) }, Machine(), Machine()];
        foreach (var e in events)
            await Append(e);
        var rows = await Store.WaitingAsync(Gateway, 9, long.MaxValue, Cancel);
        await Store.TakeAsync([.. rows.Take(3).Select(r => r.Delivery)], "taken", Cancel);
        Time.Advance(TimeSpan.FromDays(30));

        (await Store.PurgeAsync(new Retention(Time.GetUtcNow(), Time.GetUtcNow()), Cancel)).ShouldBe(2);

        (await Store.FindAsync(events[1].Id, Cancel)).ShouldNotBeNull("its own day has not come");
    }

    [Fact]
    public async Task Purge_OfManyEvents_GoesThroughAllSlices()
    {
        await AppendMany(1_200);
        var rows = await Store.WaitingAsync(Gateway, 2_000, long.MaxValue, Cancel);
        await Store.TakeAsync([.. rows.Where((_, i) => i % 2 == 0).Select(r => r.Delivery)], "taken", Cancel);
        Time.Advance(TimeSpan.FromDays(1));
        (await Store.PurgeAsync(new Retention(Time.GetUtcNow(), Time.GetUtcNow()), Cancel)).ShouldBe(600);
        Store.Counts.Unfinished.ShouldBe(600);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reopen_KeepsEverythingAcknowledged(bool crash)
    {
        var events = await AppendMany(3);
        await Append(Person());
        var turn = await Inject();

        await ReopenAsync(crash);

        Store.Counts.Sessions.ShouldBe([new SessionCounts(Gateway, 0, 3, 1)]);
        var open = (await Store.OpenTurnsAsync(Gateway, Cancel)).ShouldHaveSingleItem();
        open.State.ShouldBe(DeliveryState.Injected);
        (open.Lease.Turn, open.Lease.Continues).ShouldBe((turn.Turn, null));
        Keys(open.Lease).ShouldBe(Keys(turn));
        await Complete(open.Lease);
        Keys(await Lease()).ShouldBe(events.Select(e => e.Key));
        (await Store.OpenTurnsAsync(Gateway, Cancel)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Injecting);
        (await Store.OpenTurnsAsync(Satellite, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Reopen_DuringBackOff_WaitsTheRest()
    {
        var e = Machine();
        await Append(e);
        await Fail(await Inject());
        await ReopenAsync(crash: true);
        var waiting = Lease();
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        Time.Advance(Retry.Delay(1));
        Keys(await waiting).ShouldBe([e.Key]);
    }

    [Fact]
    public async Task Dispose_EndsWaitingLeasesAndLaterCalls()
    {
        var waiting = Store.LeaseAsync(Gateway, Limits, Cancel);
        await SettleAsync();
        await Store.DisposeAsync();
        await Should.ThrowAsync<StoreException>(waiting);
        await Should.ThrowAsync<StoreException>(Store.AppendAsync([Make.New(Machine())], Cancel));
        await Should.ThrowAsync<StoreException>(Store.FindAsync("x", Cancel));
    }

    [Fact]
    public async Task Dispose_DrainsWhatWasAsked()
    {
        var appends = Enumerable.Range(0, 200).Select(_ => Append(Machine())).ToList();
        await Store.DisposeAsync();
        await Task.WhenAll(appends);
        await ReopenAsync(crash: false);
        Store.Counts.Unfinished.ShouldBe(200);
    }
}
