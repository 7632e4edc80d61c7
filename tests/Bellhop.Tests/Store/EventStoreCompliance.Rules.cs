using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public abstract partial class EventStoreCompliance
{
    private static readonly SessionId Held = SessionId.Parse("hold/night");

    [Fact]
    public async Task Append_DroppedByARule_EndsAtOnceWithItsNameAndIsKept()
    {
        var e = Machine("noise");

        var appended = await AppendTo(e, new Target(Gateway, Note: "by rule noise") { DroppedBy = "noise" });

        appended.Sessions.ShouldBeEmpty();
        var delivery = await OnlyDelivery(e);
        (delivery.State, delivery.Reason).ShouldBe((DeliveryState.Dropped, "noise"));
        delivery.History.ShouldBe([
            new HistoryEntry(DeliveryState.Accepted, Time.GetUtcNow(), null),
            new HistoryEntry(DeliveryState.Dropped, Time.GetUtcNow(), "by rule noise"),
        ]);
        (await Receipt(e)).IsSettled.ShouldBeTrue();
        Store.Counts.ShouldSatisfyAllConditions(c => c.Unfinished.ShouldBe(0), c => c.Dead.ShouldBe(0));
        (await Append(Machine("noise"))).Duplicate.ShouldBeTrue();
    }

    [Fact]
    public async Task Append_DroppedForOneSession_ReachesTheOther()
    {
        var e = Machine();

        var appended = await AppendTo(e, new Target(Gateway) { DroppedBy = "quiet" }, new Target(Satellite));

        appended.Sessions.ShouldBe([Satellite]);
        Keys(await Lease(Satellite)).ShouldBe([e.Key]);
        var waiting = Lease();
        await SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        var next = Machine();
        await Append(next);
        Keys(await waiting).ShouldBe([next.Key]);
    }

    [Fact]
    public async Task Append_DroppedWhileFull_IsTaken()
    {
        await ReopenAsync(crash: false, maxUnfinished: 1);
        await Append(Machine());

        await AppendTo(Machine(), new Target(Gateway) { DroppedBy = "noise" });

        (await Store.AppendAsync([Make.New(Machine())], Cancel)).Refusal.ShouldBe(AppendRefusal.Full);
    }

    [Fact]
    public async Task Replay_OfADroppedOne_GivesIt()
    {
        var e = Machine();
        await AppendTo(e, new Target(Gateway) { DroppedBy = "noise" });

        (await Store.ReplayAsync(e.Key.ToString(), null, Cancel)).ShouldBe([Gateway]);

        Keys(await Lease()).ShouldBe([e.Key]);
    }

    [Fact]
    public async Task Reroute_Waiting_DropsItAndGivesItToTheTargets()
    {
        var e = Machine();
        await Append(e, Held);
        var lane = Lease();
        await SettleAsync();

        (await Reroute(e, new Target(Gateway, Note: "released"), new Target(Satellite, Known: false))).ShouldBe(1);

        var deliveries = (await Receipt(e)).Deliveries;
        deliveries.Select(d => d.Session).ShouldBe([Held, Gateway, Satellite]);
        (deliveries[0].State, deliveries[0].Reason).ShouldBe((DeliveryState.Dropped, "released"));
        deliveries[0].History[^1].Note.ShouldBe("let go");
        deliveries[1].History[1].Note.ShouldBe("released");
        deliveries[2].State.ShouldBe(DeliveryState.Accepted);
        Keys(await lane).ShouldBe([e.Key]);
        Store.Counts.Unfinished.ShouldBe(2);
    }

    [Fact]
    public async Task Reroute_WhatIsNoLongerWaitingOrThereAlready_ChangesNothingTwice()
    {
        var (leased, known) = (Machine(), Machine());
        await Append(leased, Gateway);
        await Lease();
        await Append(known, Held, Gateway);

        (await Reroute(leased, new Target(Satellite))).ShouldBe(0);
        (await Reroute(known, new Target(Gateway))).ShouldBe(1);
        (await Reroute(known, new Target(Gateway))).ShouldBe(0);

        (await Receipt(leased)).Deliveries.ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Injecting);
        (await Receipt(known))
            .Deliveries.Select(d => (d.Session, d.State))
            .ShouldBe([(Held, DeliveryState.Dropped), (Gateway, DeliveryState.Queued)]);
    }

    [Fact]
    public async Task Reroute_ToADroppingRule_EndsThere()
    {
        var e = Machine();
        await Append(e, Held);

        await Reroute(e, new Target(Gateway) { DroppedBy = "noise" });

        var deliveries = (await Receipt(e)).Deliveries;
        (deliveries[1].State, deliveries[1].Reason).ShouldBe((DeliveryState.Dropped, "noise"));
        Store.Counts.Unfinished.ShouldBe(0);
    }

    [Fact]
    public async Task FindKnown_WithinTheWindow_IsTheFirstOfTheSameSource()
    {
        var first = Machine("x", TimeSpan.FromMinutes(1), body: """{"type":"test","n":1}""");
        await Append(first);
        await Append(Machine("x") with { Source = "other" });

        (await Store.FindKnownAsync(Machine("x", TimeSpan.FromMinutes(1)), Cancel))
            .ShouldNotBeNull()
            .ShouldSatisfyAllConditions(
                k => k.Key.ShouldBe(first.Key),
                k => k.Body.ToArray().ShouldBe(first.Body.ToArray())
            );
        (await Store.FindKnownAsync(Machine("y"), Cancel)).ShouldBeNull();
        (await Store.FindKnownAsync(Machine(), Cancel)).ShouldBeNull();
        Time.Advance(TimeSpan.FromSeconds(61));
        (await Store.FindKnownAsync(Machine("x", TimeSpan.FromMinutes(1)), Cancel)).ShouldBeNull();
    }

    private async Task<AppendedEvent> AppendTo(Event e, params Target[] targets)
    {
        var result = await Store.AppendAsync([new NewEvent(e, targets)], Cancel);
        result.Refusal.ShouldBe(AppendRefusal.None);
        return result.Events.ShouldHaveSingleItem();
    }

    private async Task<int> Reroute(Event e, params Target[] targets) =>
        await Store.RerouteAsync([new Reroute((await Receipt(e)).Deliveries[0].Number, targets, "let go")], Cancel);
}
