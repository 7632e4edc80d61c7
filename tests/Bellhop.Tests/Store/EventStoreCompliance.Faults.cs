using Bellhop.Store;

namespace Bellhop.Tests.Store;

public abstract partial class EventStoreCompliance
{
    [Fact]
    public async Task Fault_OfABatch_IsGivenAgainInHalvesInOrder()
    {
        var events = await AppendMany(5);
        var result = await Fail(await Inject());
        result.ShouldSatisfyAllConditions(r => r.Requeued.ShouldBe(5), r => r.Dead.ShouldBeEmpty());
        await Append(Machine());

        Time.Advance(Retry.Delay(1));

        var first = await Lease();
        Keys(first).ShouldBe(events.Take(3).Select(e => e.Key));
        first.Deliveries.ShouldAllBe(d => d.Attempts == 1);
        Keys(await Lease()).ShouldBe(events.Skip(3).Select(e => e.Key));
        (await Lease()).Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Fault_WithOnePoisonEvent_BuriesOnlyThat()
    {
        var events = await AppendMany(20);
        var poison = events[13].Key;
        var dead = new List<long>();
        while (Store.Counts.Unfinished > 0)
        {
            var lease = await Inject();
            if (Keys(lease).Contains(poison))
                dead.AddRange((await Fail(lease)).Dead);
            else
                await Complete(lease);
            Time.Advance(Retry.MaxDelay);
        }
        dead.ShouldHaveSingleItem();
        (await OnlyDelivery(events[13])).Reason.ShouldBe("empty reply");
        foreach (var e in events.Where(e => e.Key != poison))
            (await OnlyDelivery(e)).State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Fault_OfASingle_BacksOffThenDies()
    {
        var e = Machine();
        await Append(e);
        for (var attempt = 1; attempt < Retry.MaxAttempts; attempt++)
        {
            (await Fail(await Inject())).Dead.ShouldBeEmpty();
            var waiting = await OnlyDelivery(e);
            (waiting.State, waiting.Attempts).ShouldBe((DeliveryState.Queued, attempt));
            waiting.DueAt.ShouldBe(Time.GetUtcNow() + Retry.Delay(attempt));
            Time.Advance(Retry.Delay(attempt));
        }
        var number = (await OnlyDelivery(e)).Number;
        (await Fail(await Inject(), reason: "model refused")).Dead.ShouldBe([number]);
        var dead = await OnlyDelivery(e);
        (dead.State, dead.Reason, dead.Attempts).ShouldBe((DeliveryState.Dead, "model refused", 3));
        Store.Counts.ShouldSatisfyAllConditions(c => c.Dead.ShouldBe(1), c => c.Unfinished.ShouldBe(0));
    }

    [Fact]
    public async Task Fault_OfASingle_NeverJoinsABatchAgain()
    {
        var poison = Machine();
        await Append(poison);
        await Fail(await Inject());
        await AppendMany(2);
        Time.Advance(Retry.Delay(1));
        Keys(await Lease()).ShouldBe([poison.Key]);
        (await Lease()).Deliveries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Fault_KillingTheAgentTwice_IsQuarantined()
    {
        var e = Machine();
        await Append(e);
        (await Fail(await Lease(), TurnFault.KilledAgent, "signal 9")).Dead.ShouldBeEmpty();
        Time.Advance(Retry.MaxDelay);
        var again = await Lease();
        again.Deliveries[0].Kills.ShouldBe(1);
        (await Fail(again, TurnFault.KilledAgent, "signal 9")).Dead.Count.ShouldBe(1);
        (await OnlyDelivery(e)).Reason.ShouldBe("quarantined: killed the agent 2 times: signal 9");
    }

    [Fact]
    public async Task Fault_Interrupted_IsDeadAtOnceForAll()
    {
        var events = await AppendMany(3);
        (await Fail(await Lease(), TurnFault.Interrupted, "the agent keeps no transcript")).Dead.Count.ShouldBe(3);
        (await OnlyDelivery(events[0])).Reason.ShouldBe("interrupted");
    }

    [Fact]
    public async Task BackOff_OfTheFirstMachineEvent_HoldsThoseBehindItButNoPerson()
    {
        var first = Machine();
        await Append(first);
        await Fail(await Inject());
        await AppendMany(2);
        var waiting = Lease();
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();

        var person = Person();
        await Append(person);

        Keys(await waiting).ShouldBe([person.Key]);
    }

    [Fact]
    public async Task BackOff_OfAPersonsMessage_HoldsThatPersonOnly()
    {
        var (ann, annAgain, bob) = (Person("telegram:ann"), Person("telegram:ann"), Person("telegram:bob"));
        await Append(ann);
        await Fail(await Inject());
        await Append(annAgain);
        await Append(bob);
        Keys(await Lease()).ShouldBe([bob.Key]);
        var waiting = Lease();
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        Time.Advance(Retry.Delay(1));
        Keys(await waiting).ShouldBe([ann.Key]);
        Keys(await Lease()).ShouldBe([annAgain.Key]);
    }

    [Fact]
    public async Task BackOff_OfAPersonsMessage_LetsMachinesThrough()
    {
        await Append(Person());
        await Fail(await Inject());
        var machine = Machine();
        await Append(machine);
        Keys(await Lease()).ShouldBe([machine.Key]);
    }

    [Fact]
    public async Task BackOff_WhenItEnds_WakesTheWaitingLane()
    {
        var e = Machine();
        await Append(e);
        await Fail(await Inject());
        var waiting = Lease();
        await SettleAsync();
        Time.Advance(Retry.Delay(1) - TimeSpan.FromMilliseconds(1));
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Keys(await waiting).ShouldBe([e.Key]);
    }

    [Fact]
    public async Task Continuation_AfterATurnThatTold_NamesThatTurn()
    {
        var e = Machine();
        await Append(e);
        var told = await Inject(told: true);
        await Fail(told);
        Time.Advance(Retry.Delay(1));
        var second = await Lease();
        second.Continues.ShouldBe(told.Turn);
        // The continuation repeats nothing, so the first turn stays the one that told.
        await Store.InjectedAsync(second.Turn, told: false, null, Cancel);
        await Store.ReleaseAsync(second.Turn, "429", forget: false, Cancel);
        (await Lease()).Continues.ShouldBe(told.Turn);
    }

    [Fact]
    public async Task Continuation_NeverSharesABatchWithWhatWasNotTold()
    {
        var told = Machine();
        await Append(told);
        var turn = await Inject(told: true);
        await Store.ReleaseAsync(turn.Turn, "429", forget: false, Cancel);
        var fresh = Machine();
        await Append(fresh);
        Keys(await Lease()).ShouldBe([told.Key]);
        var next = await Lease();
        Keys(next).ShouldBe([fresh.Key]);
        next.Continues.ShouldBeNull();
    }

    [Fact]
    public async Task Release_ThatForgets_TellsAgain()
    {
        await Append(Machine());
        var turn = await Inject(told: true);
        await Store.ReleaseAsync(turn.Turn, "transcript lost", forget: true, Cancel);
        (await Lease()).Continues.ShouldBeNull();
    }

    [Fact]
    public async Task Release_SpendsNoAttemptAndKeepsTheOrder()
    {
        var events = await AppendMany(3);
        for (var i = 0; i < 5; i++)
            await Store.ReleaseAsync((await Lease()).Turn, "no login", forget: false, Cancel);
        var lease = await Lease();
        Keys(lease).ShouldBe(events.Select(e => e.Key));
        lease.Deliveries.ShouldAllBe(d => d.Attempts == 0 && d.Kills == 0);
    }

    [Fact]
    public async Task Release_ForAnHour_KeepsAHistoryThatIsBoundedAndHonest()
    {
        const int rounds = 200;
        var e = Machine();
        await Append(e);
        for (var i = 0; i < rounds; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(18));
            await Store.ReleaseAsync((await Lease()).Turn, $"429 no {i}", forget: false, Cancel);
        }
        var history = (await OnlyDelivery(e)).History;
        history.Count.ShouldBeLessThan(40);
        history[3].Note.ShouldBe("429 no 0");
        history[^1].Note.ShouldBe($"429 no {rounds - 1}");
        history.ShouldContain(h => h.Note != null && h.Note.Contains("rounds before this one left out"));
        history.Select(h => h.At).ShouldBeInOrder();
    }
}
