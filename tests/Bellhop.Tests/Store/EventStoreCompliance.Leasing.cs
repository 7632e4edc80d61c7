using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public abstract partial class EventStoreCompliance
{
    private static readonly BatchLimits Small = new()
    {
        MaxBytes = 1_000,
        MaxShownBytes = 200,
        OverheadBytes = 100,
    };

    [Fact]
    public async Task Lease_OfABacklog_TakesArrivalOrderUpToTheLimit()
    {
        var events = await AppendMany(25);
        var first = await Lease();
        Keys(first).ShouldBe(events.Take(20).Select(e => e.Key));
        first.Continues.ShouldBeNull();
        await Store.InjectedAsync(first.Turn, told: true, null, Cancel);
        await Complete(first);
        Keys(await Lease()).ShouldBe(events.Skip(20).Select(e => e.Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lease_CarriesTheEventsWhole(bool waits)
    {
        var e = Machine("id-1", body: """{"type":"t","payload":"ü"}""", replyTo: "web:1");
        var waiting = waits ? Lease() : null;
        await SettleAsync();
        await Append(e);
        var leased = (await (waiting ?? Lease())).Deliveries.ShouldHaveSingleItem();
        (leased.Event with { Body = e.Body }).ShouldBe(e);
        leased.Event.Body.ToArray().ShouldBe(e.Body.ToArray());
        (leased.Attempts, leased.Kills).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Lease_PersonBehindMachines_Overtakes()
    {
        await AppendMany(3);
        var (hello, more) = (Person(), Person());
        await Append(hello);
        await Append(more);
        Keys(await Lease()).ShouldBe([hello.Key, more.Key]);
        (await Lease()).Deliveries.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Lease_DifferentReplyAddresses_NeverShareABatch()
    {
        var (a, b, c) = (Machine(replyTo: "x"), Machine(replyTo: "y"), Machine(replyTo: "x"));
        foreach (var e in (Event[])[a, b, c])
            await Append(e);
        Keys(await Lease()).ShouldBe([a.Key]);
        Keys(await Lease()).ShouldBe([b.Key]);
        Keys(await Lease()).ShouldBe([c.Key]);
    }

    [Fact]
    public async Task Lease_CountsBytesAsShown()
    {
        for (var i = 0; i < 5; i++)
            await Append(Machine(body: new string('x', 5_000)));
        // 300 bytes each: three fit into 1,000.
        (await Lease(limits: Small)).Deliveries.Count.ShouldBe(3);
        (await Lease(limits: Small)).Deliveries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Lease_MessagesOfPersons_CountWhole()
    {
        for (var i = 0; i < 3; i++)
            await Append(Person() with { Body = System.Text.Encoding.UTF8.GetBytes(new string('x', 400)) });
        // 500 bytes each: two fit into 1,000.
        (await Lease(limits: Small)).Deliveries.Count.ShouldBe(2);
        (await Lease(limits: Small)).Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Lease_HeadAboveTheLimit_IsStillGiven()
    {
        await Append(Machine(body: new string('x', 5_000)));
        (await Lease(limits: new BatchLimits { MaxBytes = 10 })).Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Lease_OfAnEmptyLane_WaitsForAnAppend()
    {
        var waiting = Lease();
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        var e = Machine();
        await Append(e);
        Keys(await waiting).ShouldBe([e.Key]);
        (await OnlyDelivery(e)).State.ShouldBe(DeliveryState.Injecting);
    }

    [Fact]
    public async Task Lease_WaitsAndOneAppendBringsSeveral_TakesTheirBatch()
    {
        var waiting = Lease();
        await SettleAsync();
        Event[] machines = [Machine(), Machine()];
        var person = Person();
        await Store.AppendAsync([.. machines.Append(person).Select(e => Make.New(e))], Cancel);
        var first = await waiting;
        Keys(first).ShouldBe([person.Key]);
        await Store.InjectedAsync(first.Turn, true, null, Cancel);
        await Complete(first);
        Keys(await Lease()).ShouldBe(machines.Select(e => e.Key));
    }

    [Fact]
    public async Task Lease_WaitsBehindWhatIsNotDueYet_IsNotOvertakenByANewOne()
    {
        var failed = Machine();
        await Append(failed);
        await Fail(await Inject());
        var waiting = Lease();
        await Append(Machine());
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        Time.Advance(Retry.BaseDelay);
        Keys(await waiting).ShouldBe([failed.Key]);
    }

    [Fact]
    public async Task Lease_FallsDueWhileTheAlarmForItIsSet_IsGiven()
    {
        var e = Machine();
        await Append(e);
        await Fail(await Inject());
        Time.BeforeTimerIsSet = () => Time.Advance(Retry.BaseDelay);

        Keys(await Lease()).ShouldBe([e.Key]);
    }

    [Fact]
    public async Task Lease_OfOtherSessionsWork_GoesOnWaiting()
    {
        using var stop = new CancellationTokenSource();
        var waiting = Store.LeaseAsync(Satellite, Limits, stop.Token);
        await Append(Machine());
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    [Fact]
    public async Task Lease_SecondForOneSession_IsAFaultAndTheFirstLives()
    {
        var first = Lease();
        await SettleAsync();
        await Should.ThrowAsync<StoreException>(Lease());
        await Append(Machine());
        await first;
    }

    [Fact]
    public async Task Lease_Cancelled_LeasesNothingAndLeavesRoomForAnother()
    {
        using var stop = new CancellationTokenSource();
        var waiting = Store.LeaseAsync(Gateway, Limits, stop.Token);
        await SettleAsync();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);

        var e = Machine();
        await Append(e);

        (await OnlyDelivery(e)).State.ShouldBe(DeliveryState.Queued);
        Keys(await Lease()).ShouldBe([e.Key]);
    }

    [Fact]
    public async Task Lease_CancelRacingAppends_LosesNothing()
    {
        const int rounds = 300;
        var leased = 0;
        for (var i = 0; i < rounds; i++)
        {
            using var stop = new CancellationTokenSource();
            var waiting = Store.LeaseAsync(Gateway, Limits, stop.Token);
            var append = Store.AppendAsync([Make.New(Machine())], Cancel);
            await stop.CancelAsync();
            await append;
            try
            {
                var lease = await waiting.WaitAsync(Patience, Cancel);
                await Store.InjectedAsync(lease.Turn, true, null, Cancel);
                await Complete(lease);
                leased += lease.Deliveries.Count;
            }
            catch (OperationCanceledException)
            {
                Store.Counts.Sessions.ShouldAllBe(s => s.InTurn == 0);
            }
        }
        (leased + Store.Counts.Unfinished).ShouldBe(rounds);
    }

    [Fact]
    public async Task Injected_Twice_IsAFault()
    {
        await Append(Machine());
        var lease = await Inject();
        await Should.ThrowAsync<StoreException>(Store.InjectedAsync(lease.Turn, true, null, Cancel));
    }

    [Fact]
    public async Task Complete_BeforeInjected_IsAFaultAndChangesNothing()
    {
        var e = Machine();
        await Append(e);
        var lease = await Lease();
        await Should.ThrowAsync<StoreException>(Complete(lease));
        (await OnlyDelivery(e)).State.ShouldBe(DeliveryState.Injecting);
    }

    [Fact]
    public async Task Turn_Unknown_IsAFaultAndItsNeighboursAreNot()
    {
        var unknown = Make.Ulids(Time).Next();
        var (bad, good) = (Complete(new TurnLease(unknown, Gateway, [], null)), Append(Machine()));
        await Should.ThrowAsync<StoreException>(bad);
        await good;
        await Should.ThrowAsync<StoreException>(Store.ReleaseAsync(unknown, "n", false, Cancel));
    }

    [Fact]
    public async Task Answered_AfterInjected_IsAFaultAndChangesNothing()
    {
        var e = Machine();
        await Append(e);
        var lease = await Inject();
        await Should.ThrowAsync<StoreException>(Store.AnsweredAsync(lease.Turn, true, [], null, Cancel));
        (await OnlyDelivery(e)).State.ShouldBe(DeliveryState.Injected);
    }

    [Fact]
    public async Task Answered_TellsOfBothMoves()
    {
        var e = Machine();
        await Append(e);
        var lease = await Lease();
        await SettleAsync();
        await using var changes = Store.WatchAsync(Cancel).GetAsyncEnumerator(Cancel);
        var next = changes.MoveNextAsync().AsTask();

        await Store.AnsweredAsync(lease.Turn, true, [], "answered", Cancel);

        (await next.WaitAsync(Patience, Cancel)).ShouldBeTrue();
        (changes.Current.State, changes.Current.Note).ShouldBe((DeliveryState.Injected, null));
        (await changes.MoveNextAsync().AsTask().WaitAsync(Patience, Cancel)).ShouldBeTrue();
        (changes.Current.State, changes.Current.Note).ShouldBe((DeliveryState.Completed, "answered"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Complete_KeepsRepliesOnEveryReceiptOfTheBatch(bool isInjected)
    {
        var events = await AppendMany(2);
        var lease = isInjected ? await Inject() : await Lease();
        Reply[] replies = [new(0, "first"), new(1, "second", "telegram:1", ReplyState.Pending)];
        Time.Advance(TimeSpan.FromSeconds(2));
        await (
            isInjected
                ? Store.CompleteAsync(lease.Turn, replies, "answered", Cancel)
                : Store.AnsweredAsync(lease.Turn, true, replies, "answered", Cancel)
        );
        foreach (var e in events)
        {
            var delivery = await OnlyDelivery(e);
            delivery.Replies.ShouldBe(replies);
            delivery.Turn.ShouldBe(lease.Turn);
            States(delivery)
                .ShouldBe([
                    DeliveryState.Accepted,
                    DeliveryState.Queued,
                    DeliveryState.Injecting,
                    DeliveryState.Injected,
                    DeliveryState.Completed,
                ]);
            delivery.History[^1].ShouldBe(new HistoryEntry(DeliveryState.Completed, Time.GetUtcNow(), "answered"));
            (await Receipt(e)).IsSettled.ShouldBeTrue();
        }
    }
}
