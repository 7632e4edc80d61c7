using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public abstract partial class EventStoreCompliance
{
    [Fact]
    public async Task Append_NewEvent_IsQueuedWithAReceipt()
    {
        var e = Machine(body: """{"type":"test","payload":{"n":1}}""") with
        {
            OccurredAt = Time.GetUtcNow().AddSeconds(-3),
            Origin = Satellite,
            ReplyTo = "telegram:7",
        };

        var appended = await Append(e);

        appended.ShouldSatisfyAllConditions(
            a => a.Key.ShouldBe(e.Key),
            a => a.Duplicate.ShouldBeFalse(),
            a => a.Sessions.ShouldBe([Gateway])
        );
        var receipt = await Receipt(e);
        (receipt.Event with { Body = e.Body }).ShouldBe(e);
        receipt.Event.Body.ToArray().ShouldBe(e.Body.ToArray());
        var delivery = receipt.Deliveries.ShouldHaveSingleItem();
        delivery.State.ShouldBe(DeliveryState.Queued);
        delivery.History.ShouldBe([
            new HistoryEntry(DeliveryState.Accepted, Time.GetUtcNow(), null),
            new HistoryEntry(DeliveryState.Queued, Time.GetUtcNow(), null),
        ]);
        receipt.IsSettled.ShouldBeFalse();
    }

    [Fact]
    public async Task Append_OneEventOnTwoLists_IsOneEventWithTwoDeliveries()
    {
        // The skill's producer pushes the same event to the gateway's list and to its own.
        var first = Machine("3f0c", DedupeWindows.Unique);
        var second = first with { Key = Make.Ulids(Time).Next() };
        await Append(first, Gateway);

        var appended = await Append(second, Satellite);

        appended.Duplicate.ShouldBeFalse();
        appended.Key.ShouldBe(first.Key);
        appended.Sessions.ShouldBe([Satellite, Gateway]);
        var receipt = (await Store.FindAsync("3f0c", Cancel)).ShouldNotBeNull();
        receipt.Deliveries.Select(d => d.Session).ShouldBe([Gateway, Satellite]);
        receipt.Others.ShouldBe(0);
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public async Task Append_TestLineAgain_IsDuplicateOnlyWithinAMinute(int secondsLater, bool duplicate)
    {
        var window = DedupeWindows.For("test", null, trustedId: false);
        await Append(Machine("test", window));
        Time.Advance(TimeSpan.FromSeconds(secondsLater));

        var again = await Append(Machine("test", window));

        again.Duplicate.ShouldBe(duplicate);
        var newest = (await Store.FindAsync("test", Cancel)).ShouldNotBeNull();
        newest.Others.ShouldBe(duplicate ? 0 : 1);
        newest.Event.Key.ShouldBe(again.Key);
    }

    [Theory]
    [InlineData(7 * 24 - 1, true)]
    [InlineData(7 * 24 + 1, false)]
    public async Task Append_Uuid_IsKnownForAWeek(int hoursLater, bool duplicate)
    {
        var id = Guid.NewGuid().ToString();
        var window = DedupeWindows.For(id, Time.GetUtcNow(), trustedId: false);
        await Append(Machine(id, window));
        Time.Advance(TimeSpan.FromHours(hoursLater));
        (await Append(Machine(id, window))).Duplicate.ShouldBe(duplicate);
    }

    [Fact]
    public async Task Append_WindowIsMeasuredFromTheKnownArrival_NotFromItsRepetitions()
    {
        var window = TimeSpan.FromSeconds(60);
        await Append(Machine("again", window));
        Time.Advance(TimeSpan.FromSeconds(40));
        (await Append(Machine("again", window))).Duplicate.ShouldBeTrue();
        Time.Advance(TimeSpan.FromSeconds(40));
        (await Append(Machine("again", window))).Duplicate.ShouldBeFalse();
    }

    [Fact]
    public async Task Append_WithoutId_IsNeverADuplicate()
    {
        (await Append(Machine())).Duplicate.ShouldBeFalse();
        (await Append(Machine())).Duplicate.ShouldBeFalse();
        Store.Counts.Unfinished.ShouldBe(2);
    }

    [Fact]
    public async Task Append_SameIdOfAnotherSource_IsAnotherEvent()
    {
        var first = Machine("42");
        await Append(first with { Source = "a" });
        var second = await Append(Machine("42") with { Source = "b" });
        second.Duplicate.ShouldBeFalse();
        (await Store.FindAsync("42", Cancel)).ShouldNotBeNull().Others.ShouldBe(1);
    }

    [Fact]
    public async Task Append_RepetitionWithinOneCall_IsADuplicate()
    {
        var (first, second) = (Machine("x"), Machine("x"));
        var result = await Store.AppendAsync([Make.New(first), Make.New(second)], Cancel);
        result.Events.Select(e => e.Duplicate).ShouldBe([false, true]);
        result.Events.ShouldAllBe(e => e.Key == first.Key);
    }

    [Fact]
    public async Task Append_IdWithNulAndUnicode_IsKeptExactly()
    {
        var e = Machine("a\0b ü 漢") with { Type = "x\0y" };
        await Append(e);
        (await Append(Machine("a\0c ü 漢"))).Duplicate.ShouldBeFalse();
        var found = (await Store.FindAsync("a\0b ü 漢", Cancel)).ShouldNotBeNull().Event;
        (found.Id, found.Type).ShouldBe((e.Id, e.Type));
    }

    [Fact]
    public async Task Append_EmptyBodyAndEmptyList_AreTaken()
    {
        var e = Machine() with { Body = ReadOnlyMemory<byte>.Empty };
        await Append(e);
        (await Receipt(e)).Event.Body.Length.ShouldBe(0);
        (await Store.AppendAsync([], Cancel)).ShouldSatisfyAllConditions(
            r => r.Events.ShouldBeEmpty(),
            r => r.Refusal.ShouldBe(AppendRefusal.None)
        );
    }

    [Fact]
    public async Task Append_ToAnUnknownSession_IsAcceptedAndNotLeased()
    {
        var e = Machine();
        await Store.AppendAsync([Make.NewForUnknown(e, Satellite)], Cancel);
        var delivery = await OnlyDelivery(e);
        delivery.State.ShouldBe(DeliveryState.Accepted);
        delivery.History[0].Note.ShouldBe("not seen yet");
        Store.Counts.Sessions.ShouldBe([new SessionCounts(Satellite, 1, 0, 0)]);
        (await Store.WaitingAsync(Satellite, 10, long.MaxValue, Cancel)).ShouldHaveSingleItem();
        (await Store.WaitingAsync(Gateway, 10, long.MaxValue, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_Quarantined_IsBornDeadWithReasonAndBytes()
    {
        var e = Machine(body: "{not json");
        await Store.AppendAsync([Make.New(e) with { Quarantine = "not JSON: line 1" }], Cancel);
        var delivery = await OnlyDelivery(e);
        (delivery.State, delivery.Reason).ShouldBe((DeliveryState.Dead, "not JSON: line 1"));
        Store.Counts.ShouldSatisfyAllConditions(c => c.Dead.ShouldBe(1), c => c.Unfinished.ShouldBe(0));
        (await Receipt(e)).Event.Body.ToArray().ShouldBe("{not json"u8.ToArray());
    }

    [Fact]
    public async Task Append_BeyondTheLimit_IsRefusedWholeAndWorksAgainWhenThereIsRoom()
    {
        await ReopenAsync(crash: false, maxUnfinished: 3);
        var first = Machine();
        await Append(first);

        var refused = await Store.AppendAsync(
            [Make.New(Machine("a")), Make.New(Machine("b")), Make.New(Machine("c"))],
            Cancel
        );

        refused.Refusal.ShouldBe(AppendRefusal.Full);
        refused.Events.ShouldBeEmpty();
        (await Store.FindAsync("a", Cancel)).ShouldBeNull();
        Store.Counts.Unfinished.ShouldBe(1);
        await Complete(await Inject());
        (
            await Store.AppendAsync([Make.New(Machine("a")), Make.New(Machine("b")), Make.New(Machine("c"))], Cancel)
        ).Refusal.ShouldBe(AppendRefusal.None);
    }

    [Fact]
    public async Task Append_ForNobody_IsAFault()
    {
        await Should.ThrowAsync<StoreException>(Store.AppendAsync([new NewEvent(Machine(), [])], Cancel));
        await Append(Machine());
    }
}
