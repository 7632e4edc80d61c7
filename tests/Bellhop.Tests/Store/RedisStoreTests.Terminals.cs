using System.Text;
using Bellhop.Events;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

// Terminals and gateways that take turns at central.
public sealed partial class RedisStoreTests
{
    private static readonly Ulid TerminalsTurn = Ulid.Parse("01M7YEK2Z8YQN5VNXE18Z5GGN1");

    [Fact]
    public async Task AppendTaken_OfCentralWhileItsLaneWaits_IsNeverLeased()
    {
        var store = await OpenAsync();
        var waiting = store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        var (taken, next) = (Make.Event(Time), Make.Event(Time));

        await store.AppendTakenAsync(Make.New(taken), new TakenUnder(TerminalsTurn), Cancel);
        var before = await StateOfAsync(store, taken);
        await store.AppendAsync([Make.New(next)], Cancel);

        (await waiting.WaitAsync(Patience, Cancel)).Deliveries.Select(d => d.Event.Key).ShouldBe([next.Key]);
        before.ShouldBe((DeliveryState.Injecting, TerminalsTurn));
        (await ReportAsync(store, taken, DeliveryState.Completed)).ShouldBeTrue();
        (await StateOfAsync(store, taken)).ShouldBe((DeliveryState.Completed, TerminalsTurn));
    }

    [Fact]
    public async Task Report_OfCentralWhileAGatewayServesIt_BeginsNothing()
    {
        var store = await OpenAsync();
        await Server.CallAsync("SET", "agent:session:gateway", """{"kind":"bellhop"}""");
        var (inHand, waiting) = (Make.Event(Time), Make.Event(Time));
        await store.AppendAsync([Make.New(inHand)], Cancel);
        var lease = await UnderAsync(1, store);
        await store.AppendAsync([Make.New(waiting)], Cancel);

        foreach (var e in (Event[])[inHand, waiting])
            (await ReportAsync(store, e, DeliveryState.Injected)).ShouldBeTrue(
                "it is too late, and nothing is left to do"
            );

        (await StateOfAsync(store, inHand)).ShouldBe((DeliveryState.Injecting, lease.Turn));
        (await StateOfAsync(store, waiting)).ShouldBe((DeliveryState.Queued, null));
        await store.InjectedAsync(lease.Turn, told: true, null, Cancel);
    }

    [Fact]
    public async Task Report_OfWhatATerminalFinishedBeforeAGatewayServesCentral_Counts()
    {
        var store = await OpenAsync();
        await Server.CallAsync("SET", "agent:session:gateway", """{"kind":"bellhop"}""");
        var e = Make.Event(Time);
        await store.AppendAsync([Make.New(e)], Cancel);

        (await ReportAsync(store, e, DeliveryState.Completed)).ShouldBeTrue();

        (await StateOfAsync(store, e)).ShouldBe((DeliveryState.Completed, TerminalsTurn));
    }

    [Theory]
    [InlineData("""{"kind":"pi-terminal"}""")]
    [InlineData("not of ours")]
    public async Task Report_WhileATerminalHasCentral_Counts(string lease)
    {
        var store = await OpenAsync();
        await Server.CallAsync("SET", "agent:session:gateway", lease);
        var e = Make.Event(Time);
        await store.AppendAsync([Make.New(e)], Cancel);

        (await ReportAsync(store, e, DeliveryState.Injected)).ShouldBeTrue();

        (await StateOfAsync(store, e)).ShouldBe((DeliveryState.Injected, TerminalsTurn));
    }

    [Fact]
    public async Task AnyGateway_WhoseTermIsLongOver_TakesReceiptsAndAdoptsAndHandsOver()
    {
        var store = await OpenAsync();
        await Server.CallAsync("SET", "agent:bellhop:fence", 2);
        (_fence, _term, _served) = (1, null, []);
        var (reported, left) = (Make.Event(Time), Make.Event(Time));
        await store.AppendAsync([Make.New(reported), Make.New(left, Satellite)], Cancel);

        (await ReportAsync(store, reported, DeliveryState.Completed)).ShouldBeTrue();
        (await store.AdoptAsync(Satellite, "gone", Cancel)).ShouldBe(1);
        (await store.HandOverAsync(SessionId.Gateway, Cancel)).ShouldBe(0, "it is on the list already");

        _term = 1; // it believes that it is central, and is not
        var fenced = await Should.ThrowAsync<StoreException>(store.AdoptAsync(Satellite, "gone", Cancel));
        fenced.IsFenced.ShouldBeTrue();
    }

    [Fact]
    public async Task TakeOff_OfWhatWasHandedOver_MayBeHandedOverAgain()
    {
        var store = await OpenAsync();
        _served = [];
        var e = Make.Event(Time, body: "{}");
        await store.AppendAsync([Make.New(e)], Cancel);
        var row = $$"""{"key":"{{e.Key}}"}""";
        (await RowsAsync(SessionId.Gateway)).ShouldBe([row]);

        await store.TakeOffAsync(new ListRow("agent:events:gateway", Encoding.UTF8.GetBytes(row)), e.Key, Cancel);
        var between = await RowsAsync(SessionId.Gateway);
        await store.HandOverAsync(SessionId.Gateway, Cancel);

        between.ShouldBeEmpty();
        (await RowsAsync(SessionId.Gateway)).ShouldBe([row]);
    }

    [Fact]
    public async Task AbandonTerminals_LeavesALanesTurnAlone()
    {
        var store = await OpenAsync();
        var (leased, taken, uncounted) = (Make.Event(Time), Make.Event(Time), Make.Event(Time));
        await store.AppendAsync([Make.New(leased)], Cancel);
        var lease = await UnderAsync(1, store);
        await store.AppendTakenAsync(Make.New(taken), new TakenUnder(TerminalsTurn), Cancel);
        await store.AppendTakenAsync(Make.New(uncounted), new TakenUnder(null), Cancel);

        (await store.AbandonTerminalsAsync("gone; it may have begun it", Cancel)).ShouldBe(2);

        (await StateOfAsync(store, leased)).ShouldBe((DeliveryState.Injecting, lease.Turn));
        foreach (var e in (Event[])[taken, uncounted])
            (await StateOfAsync(store, e)).State.ShouldBe(DeliveryState.Queued);
        (await NoteForCentralAsync(store, taken)).ShouldBe("gone; it may have begun it");
    }

    [Fact]
    public async Task Report_OfARowWithoutANameUnderAnotherTurn_GoesOnWithTheFirst()
    {
        var store = await OpenAsync();
        var row = "{\"type\":\"cron.same\"}"u8.ToArray();
        var first = Make.Event(Time, body: Encoding.UTF8.GetString(row));
        await store.AppendTakenAsync(Make.New(first), new TakenUnder(TerminalsTurn), Cancel);
        var later = Ulid.Parse("01M7YEK2Z8YQN5VNXE18Z5GGN2");
        var unknown = Ulid.Parse("01M7YEK2Z8YQN5VNXE18Z5GGN9").ToString();
        TerminalReport Report(DeliveryState state) => new(unknown, state, later, null);

        (await store.ReportAsync(SessionId.Gateway, Report(DeliveryState.Injected), row, Cancel)).ShouldBeTrue();
        (await store.ReportAsync(SessionId.Gateway, Report(DeliveryState.Completed), row, Cancel)).ShouldBeTrue();

        (await StateOfAsync(store, first)).ShouldBe((DeliveryState.Completed, later));
        (await store.ReportAsync(SessionId.Gateway, Report(DeliveryState.Completed), row, Cancel)).ShouldBeFalse();
    }

    private static Task<bool> ReportAsync(RedisEventStore store, Event e, DeliveryState state) =>
        store.ReportAsync(SessionId.Gateway, new TerminalReport(e.Key.ToString(), state, TerminalsTurn, null), Cancel);

    private static async Task<(DeliveryState State, Ulid? Turn)> StateOfAsync(RedisEventStore store, Event e)
    {
        var delivery = (await store.FindAsync(e.Key.ToString(), Cancel))
            .ShouldNotBeNull()
            .Deliveries.ShouldHaveSingleItem();
        return (delivery.State, delivery.Turn);
    }
}
