using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public abstract partial class EventStoreCompliance
{
    private static readonly Ulid FirstTurn = Ulid.Parse("01M7YEK2Z8YQN5VNXE18Z5GGN1");
    private static readonly Ulid SecondTurn = Ulid.Parse("01M7YEK2Z8YQN5VNXE18Z5GGN2");

    private Task<bool> Report(
        Event e,
        DeliveryState state,
        Ulid? turn = null,
        string? note = null,
        long? delivery = null
    ) =>
        Store.ReportAsync(
            Satellite,
            new TerminalReport(e.Key.ToString(), state, turn, note) { Delivery = delivery },
            Cancel
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Report_Injected_TakesAWaitingOneWithItsTurn(bool known)
    {
        var e = Machine();
        await Store.AppendAsync([known ? Make.New(e, Satellite) : Make.NewForUnknown(e, Satellite)], Cancel);

        (await Report(e, DeliveryState.Injected, FirstTurn, "taken by pid-41")).ShouldBeTrue();

        var delivery = await OnlyDelivery(e);
        (delivery.State, delivery.Turn).ShouldBe((DeliveryState.Injected, FirstTurn));
        States(delivery)
            .ShouldBe([DeliveryState.Accepted, DeliveryState.Queued, DeliveryState.Injecting, DeliveryState.Injected]);
        delivery.History[^1].Note.ShouldBe("taken by pid-41");
        Store.Counts.Sessions.ShouldBe([new SessionCounts(Satellite, 0, 0, 1)]);
        (await Store.WaitingAsync(Satellite, 9, long.MaxValue, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Report_Completed_AfterInjected_Ends()
    {
        var e = Machine();
        await Append(e, Satellite);
        await Report(e, DeliveryState.Injected, FirstTurn);
        (await Report(e, DeliveryState.Completed, FirstTurn, "answered")).ShouldBeTrue();
        var delivery = await OnlyDelivery(e);
        (delivery.State, delivery.Turn).ShouldBe((DeliveryState.Completed, FirstTurn));
        delivery.History[^1].Note.ShouldBe("answered");
        Store.Counts.Unfinished.ShouldBe(0);
    }

    [Fact]
    public async Task Report_Completed_OfAWaitingOne_GoesThroughInjected()
    {
        var e = Machine();
        await Store.AppendAsync([Make.NewForUnknown(e, Satellite)], Cancel);
        (await Report(e, DeliveryState.Completed, FirstTurn)).ShouldBeTrue();
        States(await OnlyDelivery(e))
            .ShouldBe([
                DeliveryState.Accepted,
                DeliveryState.Queued,
                DeliveryState.Injecting,
                DeliveryState.Injected,
                DeliveryState.Completed,
            ]);
    }

    [Fact]
    public async Task Report_Twice_ChangesNothingMore()
    {
        var e = Machine();
        await Append(e, Satellite);
        await Report(e, DeliveryState.Injected, FirstTurn);
        var before = await OnlyDelivery(e);
        (await Report(e, DeliveryState.Injected, FirstTurn)).ShouldBeTrue();
        (await OnlyDelivery(e)).History.Count.ShouldBe(before.History.Count);
        await Report(e, DeliveryState.Completed, FirstTurn);
        (await Report(e, DeliveryState.Completed, FirstTurn)).ShouldBeFalse();
        (await OnlyDelivery(e)).State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Report_InjectedUnderANewTurn_TakesItOver()
    {
        var e = Machine();
        await Append(e, Satellite);
        await Report(e, DeliveryState.Injected, FirstTurn);

        (await Report(e, DeliveryState.Injected, SecondTurn)).ShouldBeTrue();
        (await Report(e, DeliveryState.Completed, FirstTurn)).ShouldBeFalse();
        (await Report(e, DeliveryState.Queued, FirstTurn)).ShouldBeFalse();

        var delivery = await OnlyDelivery(e);
        (delivery.State, delivery.Turn).ShouldBe((DeliveryState.Injected, SecondTurn));
        States(delivery)
            .TakeLast(4)
            .ShouldBe([DeliveryState.Injected, DeliveryState.Queued, DeliveryState.Injecting, DeliveryState.Injected]);
    }

    [Fact]
    public async Task Report_Queued_GivesBack()
    {
        var e = Machine();
        await Append(e, Satellite);
        await Report(e, DeliveryState.Injected, FirstTurn);
        (await Report(e, DeliveryState.Queued, FirstTurn, "the person said no")).ShouldBeTrue();
        var delivery = await OnlyDelivery(e);
        (delivery.State, delivery.Attempts).ShouldBe((DeliveryState.Queued, 0));
        delivery.History[^1].Note.ShouldBe("the person said no");
        (await Report(e, DeliveryState.Queued)).ShouldBeTrue();
        (await Store.WaitingAsync(Satellite, 9, long.MaxValue, Cancel)).ShouldHaveSingleItem();
        Keys(await Lease(Satellite)).ShouldBe([e.Key]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Report_Dead_IsADeadLetterWithTheNoteAsItsReason(bool injected)
    {
        var e = Machine();
        await Append(e, Satellite);
        if (injected)
            await Report(e, DeliveryState.Injected, FirstTurn);
        (await Report(e, DeliveryState.Dead, FirstTurn, "too large for this model")).ShouldBeTrue();
        var delivery = await OnlyDelivery(e);
        (delivery.State, delivery.Reason).ShouldBe((DeliveryState.Dead, "too large for this model"));
        Store.Counts.Dead.ShouldBe(1);
        (await Store.ReplayAsync(e.Id, null, Cancel)).ShouldBe([Satellite]);
    }

    [Fact]
    public async Task Report_OfWhatTheSessionDoesNotHave_IsFalse()
    {
        var (others, mine) = (Machine(), Machine());
        await Append(others, Gateway);
        await Append(mine, Satellite);
        (await Report(others, DeliveryState.Injected, FirstTurn)).ShouldBeFalse();
        (await Report(Machine(), DeliveryState.Injected, FirstTurn)).ShouldBeFalse();
        var number = (await OnlyDelivery(others)).Number;
        (await Report(mine, DeliveryState.Completed, FirstTurn, delivery: number)).ShouldBeFalse();
        (await OnlyDelivery(others)).State.ShouldBe(DeliveryState.Queued);
        (await OnlyDelivery(mine)).State.ShouldBe(DeliveryState.Queued);
    }

    [Fact]
    public async Task Report_ById_MeansTheOldestThatIsNotTaken()
    {
        var (first, second) = (Machine("n", TimeSpan.Zero), Machine("n", TimeSpan.Zero));
        await Append(first, Satellite);
        await Append(second, Satellite);
        var taken = new TerminalReport("n", DeliveryState.Injected, FirstTurn, null);

        (await Store.ReportAsync(Satellite, taken, Cancel)).ShouldBeTrue();
        (await OnlyDelivery(first)).State.ShouldBe(DeliveryState.Injected);
        (await OnlyDelivery(second)).State.ShouldBe(DeliveryState.Queued);

        var again = new TerminalReport("n", DeliveryState.Injected, SecondTurn, null);
        (await Store.ReportAsync(Satellite, again, Cancel)).ShouldBeTrue();
        (await OnlyDelivery(second)).Turn.ShouldBe(SecondTurn);

        var done = new TerminalReport("n", DeliveryState.Completed, SecondTurn, null);
        (await Store.ReportAsync(Satellite, done, Cancel)).ShouldBeTrue();
        (await OnlyDelivery(first)).State.ShouldBe(DeliveryState.Injected);
        (await OnlyDelivery(second)).State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Report_OfADelivery_MeansExactlyThat()
    {
        var (first, second) = (Machine("n", TimeSpan.Zero), Machine("n", TimeSpan.Zero));
        await Append(first, Satellite);
        await Append(second, Satellite);
        var number = (await OnlyDelivery(second)).Number;
        var report = new TerminalReport("n", DeliveryState.Completed, null, null) { Delivery = number };
        (await Store.ReportAsync(Satellite, report, Cancel)).ShouldBeTrue();
        (await OnlyDelivery(first)).State.ShouldBe(DeliveryState.Queued);
        (await OnlyDelivery(second)).State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Report_WithoutAName_MeansWhatIsInHandUnderItsTurn()
    {
        var (first, second) = (Machine(), Machine());
        await Append(first, Satellite);
        await Append(second, Satellite);
        await Report(first, DeliveryState.Injected, FirstTurn);
        await Report(second, DeliveryState.Injected, SecondTurn);
        var done = new TerminalReport("", DeliveryState.Completed, SecondTurn, null);
        (await Store.ReportAsync(Satellite, done, Cancel)).ShouldBeTrue();
        (await Store.ReportAsync(Satellite, done, Cancel)).ShouldBeFalse();
        (await OnlyDelivery(first)).State.ShouldBe(DeliveryState.Injected);
        (await OnlyDelivery(second)).State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Report_SurvivesACrash()
    {
        var e = Machine();
        await Append(e, Satellite);
        await Report(e, DeliveryState.Injected);
        await ReopenAsync(crash: true);
        (await OnlyDelivery(e)).State.ShouldBe(DeliveryState.Injected);
        // Without a turn there is nothing that a lane could recover.
        (await Store.OpenTurnsAsync(Satellite, Cancel)).ShouldBeEmpty();
        (await Report(e, DeliveryState.Completed)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(DeliveryState.Accepted)]
    [InlineData(DeliveryState.Injecting)]
    [InlineData(DeliveryState.Dropped)]
    public void Report_OfAnotherState_Throws(DeliveryState state) =>
        Should.Throw<StoreException>(() => new TerminalReport("x", state, null, null));

    [Fact]
    public async Task Abandon_GivesBackWhatWasInHandOnly()
    {
        var (waiting, taken, done) = (Machine(), Machine(), Machine());
        foreach (var e in (Event[])[waiting, taken, done])
            await Append(e, Satellite);
        await Report(taken, DeliveryState.Injected, FirstTurn);
        await Report(done, DeliveryState.Completed, FirstTurn);
        await Append(Machine(), Gateway);
        await Inject(Gateway);

        (await Store.AbandonAsync(Satellite, "its terminal is gone", Cancel)).ShouldBe(1);

        var delivery = await OnlyDelivery(taken);
        (delivery.State, delivery.Attempts).ShouldBe((DeliveryState.Queued, 0));
        delivery.History[^1].Note.ShouldBe("its terminal is gone");
        (await OnlyDelivery(waiting)).History.Count.ShouldBe(2);
        (await OnlyDelivery(done)).State.ShouldBe(DeliveryState.Completed);
        Store.Counts.Sessions.ShouldBe(
            [new SessionCounts(Satellite, 0, 2, 0), new SessionCounts(Gateway, 0, 0, 1)],
            ignoreOrder: true
        );
        (await Report(taken, DeliveryState.Injected, SecondTurn)).ShouldBeTrue();
        (await Store.AbandonAsync(Satellite, "again", Cancel)).ShouldBe(1);
        (await Store.AbandonAsync(Satellite, "again", Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task Abandon_WakesALaneThatWaits()
    {
        var e = Machine();
        await Append(e, Satellite);
        await Report(e, DeliveryState.Injected, FirstTurn);
        var waiting = Lease(Satellite);
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        await Store.AbandonAsync(Satellite, "its terminal is gone", Cancel);
        Keys(await waiting).ShouldBe([e.Key]);
    }

    [Fact]
    public async Task AdoptSession_GivesCentralEverythingUnfinishedInOrder()
    {
        const string note = "its terminal pid-41 on host box is gone";
        var (accepted, taken, waiting, done) = (Machine(), Machine(), Machine(), Machine());
        await Store.AppendAsync([Make.NewForUnknown(accepted, Satellite)], Cancel);
        foreach (var e in (Event[])[taken, waiting, done])
            await Append(e, Satellite);
        await Report(taken, DeliveryState.Injected, FirstTurn);
        await Report(done, DeliveryState.Completed, FirstTurn);

        (await Store.AdoptAsync(Satellite, note, Cancel)).ShouldBe(3);

        foreach (var e in (Event[])[accepted, taken, waiting])
        {
            var deliveries = (await Receipt(e)).Deliveries;
            (deliveries[0].State, deliveries[0].Reason).ShouldBe((DeliveryState.Dropped, "adopted"));
            deliveries[0].History[^1].Note.ShouldBe(note);
            (deliveries[1].Session, deliveries[1].State).ShouldBe((Gateway, DeliveryState.Queued));
            deliveries[1].History[^1].Note.ShouldStartWith(note);
        }
        States((await Receipt(taken)).Deliveries[0])
            .TakeLast(3)
            .ShouldBe([DeliveryState.Injected, DeliveryState.Queued, DeliveryState.Dropped]);
        (await OnlyDelivery(done)).State.ShouldBe(DeliveryState.Completed);
        Keys(await Lease()).ShouldBe([accepted.Key, taken.Key, waiting.Key]);
        Store.Counts.Sessions.ShouldBe([new SessionCounts(Gateway, 0, 0, 3)]);
        (await Store.AdoptAsync(Satellite, note, Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task AdoptSession_OneWasInHand_OfThatCentralIsToldThatItMayHaveBegun()
    {
        var (taken, waiting) = (Machine(), Machine());
        foreach (var e in (Event[])[taken, waiting])
            await Append(e, Satellite);
        await Report(taken, DeliveryState.Injected, FirstTurn);

        await Store.AdoptAsync(Satellite, "gone", Cancel);

        (await Receipt(taken)).Deliveries[1].History[^1].Note.ShouldBe("gone; it may have begun it");
        (await Receipt(waiting)).Deliveries[1].History[^1].Note.ShouldBe("gone");
    }

    [Fact]
    public async Task AdoptSession_WhatCentralHas_GivesItNotTwice()
    {
        var e = Machine();
        await Append(e, Gateway, Satellite);
        await Complete(await Inject());
        (await Store.AdoptAsync(Satellite, "gone", Cancel)).ShouldBe(1);
        var deliveries = (await Receipt(e)).Deliveries;
        deliveries.Count.ShouldBe(2);
        deliveries.Single(d => d.Session == Satellite).State.ShouldBe(DeliveryState.Dropped);
    }

    [Fact]
    public async Task AdoptSession_WakesCentral()
    {
        var e = Machine();
        await Append(e, Satellite);
        var waiting = Lease();
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        await Store.AdoptAsync(Satellite, "gone", Cancel);
        Keys(await waiting).ShouldBe([e.Key]);
    }

    [Fact]
    public async Task AdoptSession_OfCentral_Throws() =>
        await Should.ThrowAsync<StoreException>(Store.AdoptAsync(Gateway, "gone", Cancel));
}
