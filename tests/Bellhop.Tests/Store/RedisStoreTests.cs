using System.Text;
using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Store;

/// <summary>What the store on Redis does beside what every store must.</summary>
[Trait("Needs", "server")]
public sealed partial class RedisStoreTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly SessionId Satellite = SessionId.Parse("box/pid-41");
    private static readonly BatchLimits Limits = new();

    private readonly List<RedisEventStore> _stores = [];
    private readonly List<string> _losses = [];
    private readonly List<string?> _refusals = [];
    private SessionId[] _served = [SessionId.Gateway];
    private long? _fence;
    private long? _term;

    private ManualTime Time { get; } = new();

    private RedisServer Server => fixture.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Server.CallAsync("FLUSHALL");

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task Append_ForASatellite_IsHandedOverWithItsKey()
    {
        var store = await OpenAsync();
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hears = Subscribe($"agent:notify:{Satellite}", told);
        await hears.WhenUpAsync(Cancel);
        var e = Make.Event(Time, "d-1", "download.complete", body: """{"type":"download.complete","key":"x"} """);

        await store.AppendAsync([Make.New(e, SessionId.Gateway, Satellite)], Cancel);

        var row = (await RowsAsync(Satellite)).ShouldHaveSingleItem();
        row.ShouldBe($$"""{"type":"download.complete","key":"x","key":"{{e.Key}}"}""");
        (await told.Task.WaitAsync(Patience, Cancel)).ShouldBe("""{"type":"download.complete"}""");
        (await RowsAsync(SessionId.Gateway)).ShouldBeEmpty();
        var deliveries = (await store.FindAsync("d-1", Cancel)).ShouldNotBeNull().Deliveries;
        deliveries.ShouldAllBe(d => d.State == DeliveryState.Queued);
    }

    [Fact]
    public async Task Append_ForOneThatIsNotThere_IsHandedOverWhenItComes()
    {
        var store = await OpenAsync();
        var e = Make.Event(Time, body: "{}");
        await store.AppendAsync([Make.NewForUnknown(e, Satellite)], Cancel);
        (await RowsAsync(Satellite)).ShouldBeEmpty();

        await store.JoinAsync(Satellite, Cancel);
        await store.JoinAsync(Satellite, Cancel);

        (await RowsAsync(Satellite)).ShouldBe([$$"""{"key":"{{e.Key}}"}"""]);
    }

    [Fact]
    public async Task HandOver_OfASessionThatATerminalTook_PutsItsEventsOnTheListOnceAndInOrder()
    {
        var store = await OpenAsync();
        var events = Enumerable.Range(0, 501).Select(i => Make.Event(Time, $"{i}", body: $$"""{"n":{{i}}}""")).ToList();
        await store.AppendAsync([.. events.Select(e => Make.New(e))], Cancel);
        (await store.HandOverAsync(SessionId.Gateway, Cancel)).ShouldBe(0, "a lane of ours serves it");
        _served = [];

        (await store.HandOverAsync(SessionId.Gateway, Cancel)).ShouldBe(501);
        (await store.HandOverAsync(SessionId.Gateway, Cancel)).ShouldBe(0);

        var rows = await RowsAsync(SessionId.Gateway);
        rows.Reverse().ShouldBe(events.Select((e, i) => $$"""{"n":{{i}},"key":"{{e.Key}}"}"""));
    }

    [Fact]
    public async Task AdoptSession_TakesItsRowsBack()
    {
        var store = await OpenAsync();
        var events = Enumerable.Range(0, 3).Select(_ => Make.Event(Time)).ToList();
        await store.AppendAsync([.. events.Select(e => Make.New(e, Satellite))], Cancel);
        await Server.CallAsync("LMOVE", $"agent:events:{Satellite}", $"agent:claims:{Satellite}", "RIGHT", "LEFT");
        await Server.CallAsync("LPUSH", $"agent:events:{Satellite}", "of somebody else");

        (await store.AdoptAsync(Satellite, "gone", Cancel)).ShouldBe(3);

        (await RowsAsync(Satellite)).ShouldBe(["of somebody else"]);
        (await Server.CallAsync("EXISTS", $"agent:claims:{Satellite}")).ShouldBe(RespValue.Zero);
    }

    [Theory]
    [InlineData(true, "gone; it may have begun it")]
    [InlineData(false, "gone")]
    public async Task AdoptSession_OfARowInATerminalsHand_SaysWhetherItMayHaveBegun(bool writtenDown, string note)
    {
        var store = await OpenAsync();
        var (claimed, waiting) = (Make.Event(Time), Make.Event(Time));
        await store.AppendAsync([Make.New(claimed, Satellite), Make.New(waiting, Satellite)], Cancel);
        await Server.CallAsync("LMOVE", $"agent:events:{Satellite}", $"agent:claims:{Satellite}", "RIGHT", "LEFT");
        if (writtenDown)
            await Server.CallAsync("SET", $"agent:claim:{Satellite}", "{}");

        await store.AdoptAsync(Satellite, "gone", Cancel);

        (await NoteForCentralAsync(store, claimed)).ShouldBe(note);
        (await NoteForCentralAsync(store, waiting)).ShouldBe("gone");
    }

    [Fact]
    public async Task AdoptSession_OfWhatItsProducerGaveIt_TakesTheClaimOnly()
    {
        var store = await OpenAsync();
        const string row = """{"type":"x"}""";
        var taken = Make.Event(Time, body: row);
        await store.AppendTakenAsync(Make.New(taken, Satellite), new TakenUnder(null), Cancel);
        await store.ReportAsync(
            Satellite,
            new TerminalReport(taken.Key.ToString(), DeliveryState.Injected, null, null),
            Cancel
        );
        await Server.CallAsync("LPUSH", $"agent:claims:{Satellite}", row);
        await Server.CallAsync("LPUSH", $"agent:events:{Satellite}", row);

        (await store.AdoptAsync(Satellite, "gone", Cancel)).ShouldBe(1);

        (await RowsAsync(Satellite)).ShouldBe([row], "an event that looks the same and nobody has seen");
        (await Server.CallAsync("EXISTS", $"agent:claims:{Satellite}")).ShouldBe(RespValue.Zero);
    }

    [Fact]
    public async Task Join_OfASessionForWhichMuchWaits_TakesAllOfIt()
    {
        var store = await OpenAsync();
        var events = Enumerable.Range(0, 1_001).Select(_ => Make.NewForUnknown(Make.Event(Time), Satellite)).ToList();
        await store.AppendAsync(events, Cancel);
        (await store.JoinAsync(Satellite, Cancel)).ShouldBe(1_001);
        (await RowsAsync(Satellite)).Count.ShouldBe(1_001);
    }

    [Fact]
    public async Task AppendFrom_TakesTheRowInTheSameStep()
    {
        var store = await OpenAsync();
        const string list = "agent:events:main";
        foreach (var row in (string[])["a", "b", "a"])
            await Server.CallAsync("LPUSH", list, row);
        var e = Make.Event(Time);

        (await store.AppendFromAsync(new ListRow(list, "a"u8.ToArray()), Make.New(e), Cancel))
            .ShouldNotBeNull()
            .Events[0]
            .Key.ShouldBe(e.Key);

        (await RowsAsync("main")).ShouldBe(["a", "b"]);
        // The same once more, as after a lost answer: nothing more is taken.
        (await store.AppendFromAsync(new ListRow(list, "a"u8.ToArray()), Make.New(e), Cancel))
            .ShouldNotBeNull()
            .Events[0]
            .Duplicate.ShouldBeFalse();
        (await RowsAsync("main")).ShouldBe(["a", "b"]);
        (
            await store.AppendFromAsync(new ListRow(list, "gone"u8.ToArray()), Make.New(Make.Event(Time)), Cancel)
        ).ShouldBeNull();
        store.Counts.Unfinished.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, "gone; it may have begun it")]
    [InlineData(false, "gone")]
    public async Task AppendFrom_ARowInATerminalsHand_SaysWhetherItMayHaveBegun(bool writtenDown, string note)
    {
        var store = await OpenAsync();
        await Server.CallAsync("LPUSH", $"agent:claims:{Satellite}", "a");
        if (writtenDown)
            await Server.CallAsync("SET", $"agent:claim:{Satellite}", "{}");
        var claim = new ClaimNote($"agent:claim:{Satellite}", "gone; it may have begun it");
        var row = new ListRow($"agent:claims:{Satellite}", "a"u8.ToArray()) { Claim = claim };
        var e = Make.Event(Time);

        await store.AppendFromAsync(row, new NewEvent(e, [new Target(SessionId.Gateway, Note: "gone")]), Cancel);

        (await NoteForCentralAsync(store, e)).ShouldBe(note);
    }

    [Fact]
    public async Task AppendTaken_HandsNothingOver()
    {
        var store = await OpenAsync();
        await store.AppendTakenAsync(Make.New(Make.Event(Time), Satellite), new TakenUnder(null), Cancel);
        (await RowsAsync(Satellite)).ShouldBeEmpty();
        store.Counts.Unfinished.ShouldBe(1);
    }

    [Fact]
    public async Task Append_ToAListKeyOfAnotherKind_LosesNothing()
    {
        var store = await OpenAsync();
        await Server.CallAsync("SET", $"agent:events:{Satellite}", "mine");
        await store.AppendAsync([Make.New(Make.Event(Time), Satellite)], Cancel);
        store.Counts.Unfinished.ShouldBe(1);
    }

    [Fact]
    public async Task LostAnswer_OfAnAppend_StoresItOnceAndIsNoDuplicate()
    {
        await using var proxy = new CuttingProxy(Server.Port);
        var store = await OpenAsync(proxy);
        var e = Make.Event(Time, "lost", window: DedupeWindows.Unique);
        proxy.CutAnswerTo(Encoding.UTF8.GetBytes(e.Key.ToString()));

        var appended = (await store.AppendAsync([Make.New(e)], Cancel)).Events[0];

        proxy.Cuts.ShouldBe(1);
        (appended.Key, appended.Duplicate).ShouldBe((e.Key, false));
        (await store.FindAsync("lost", Cancel)).ShouldNotBeNull().Deliveries.ShouldHaveSingleItem();
        store.Counts.Unfinished.ShouldBe(1);
    }

    [Fact]
    public async Task LostAnswer_OfALease_GivesTheSameLease()
    {
        await using var proxy = new CuttingProxy(Server.Port);
        var store = await OpenAsync(proxy);
        var e = Make.Event(Time);
        await store.AppendAsync([Make.New(e)], Cancel);
        proxy.CutAnswerTo("gateway\r\n$26\r\n"u8);

        var lease = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);

        proxy.Cuts.ShouldBe(1);
        lease.Deliveries.ShouldHaveSingleItem().Event.Key.ShouldBe(e.Key);
        (await store.OpenTurnsAsync(SessionId.Gateway, Cancel)).ShouldHaveSingleItem().Lease.Turn.ShouldBe(lease.Turn);
    }

    [Fact]
    public async Task LostAnswer_OfAFault_SpendsOneAttempt()
    {
        await using var proxy = new CuttingProxy(Server.Port);
        var store = await OpenAsync(proxy);
        var e = Make.Event(Time);
        await store.AppendAsync([Make.New(e)], Cancel);
        var lease = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        await store.InjectedAsync(lease.Turn, true, null, Cancel);
        proxy.CutAnswerTo("empty reply"u8);

        var result = await store.FaultAsync(lease.Turn, TurnFault.Failed, "empty reply", new RetryPolicy(), Cancel);

        proxy.Cuts.ShouldBe(1);
        result.Requeued.ShouldBe(1);
        var delivery = (await store.FindAsync(e.Id, Cancel)).ShouldNotBeNull().Deliveries[0];
        (delivery.State, delivery.Attempts).ShouldBe((DeliveryState.Queued, 1));
    }

    [Fact]
    public async Task TwoGateways_HearOfOneAnother()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var changes = second.WatchAsync(stop.Token);
        var waiting = second.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        var e = Make.Event(Time, "two");

        await first.AppendAsync([Make.New(e)], Cancel);

        (await waiting.WaitAsync(Patience, Cancel)).Deliveries.ShouldHaveSingleItem().Event.Key.ShouldBe(e.Key);
        var seen = await changes.Take(2).ToListAsync(Cancel);
        seen.Select(c => (c.Id, c.State)).ShouldBe([("two", DeliveryState.Queued), ("two", DeliveryState.Injecting)]);
        var expected = new SessionCounts(SessionId.Gateway, 0, 0, 1);
        second.Counts.Sessions.ShouldBe([expected]);
    }

    [Fact]
    public async Task MissedMoves_EndTheirReadersAndCountsAreReadAgain()
    {
        await using var proxy = new CuttingProxy(Server.Port);
        var (blind, other) = (await OpenAsync(proxy), await OpenAsync());
        var changes = blind.WatchAsync(Cancel);
        proxy.HoldNewConnections();
        await Server.CallAsync("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes");
        await other.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        var own = Make.Event(Time, "own");
        await blind.AppendAsync([Make.New(own)], Cancel);

        proxy.LetThemIn();

        var seen = new List<string>();
        var broken = await Should.ThrowAsync<StoreException>(async () =>
        {
            await foreach (var change in changes)
                seen.Add(change.Id);
        });
        broken.Message.ShouldContain("listing");
        seen.ShouldBe(["own"]);
        blind.Counts.Unfinished.ShouldBe(2);
    }

    private Task<RedisEventStore> OpenAsync(CuttingProxy proxy) =>
        OpenAsync(RedisEndpoint.Parse($"redis://127.0.0.1:{proxy.Port}"));

    private static async Task<string?> NoteForCentralAsync(RedisEventStore store, Event e)
    {
        var receipt = (await store.FindAsync(e.Key.ToString(), Cancel)).ShouldNotBeNull();
        return receipt.Deliveries.Single(d => d.Session == SessionId.Gateway).History[^1].Note;
    }

    private async Task<RedisEventStore> OpenAsync(RedisEndpoint? endpoint = null)
    {
        var store = await RedisEventStore.OpenAsync(
            endpoint ?? Server.Endpoint,
            new RedisStoreOptions
            {
                Served = () => _served,
                Fence = () => _fence,
                Term = () => _term,
                DataLost = _losses.Add,
                Refused = _refusals.Add,
            },
            Time,
            new UlidFactory(Time),
            NullLogger<RedisEventStore>.Instance,
            Cancel
        );
        _stores.Add(store);
        return store;
    }

    private RedisSubscriber Subscribe(string channel, TaskCompletionSource<string> told) =>
        new(
            Server.Dialer,
            new RedisClientOptions(),
            [channel],
            (_, body) => told.TrySetResult(Encoding.UTF8.GetString(body.Span)),
            static () => { },
            TimeProvider.System,
            NullLogger.Instance
        );

    private Task<IReadOnlyList<string>> RowsAsync(SessionId session) => RowsAsync(session.Value);

    private async Task<IReadOnlyList<string>> RowsAsync(string list) =>
        [
            .. ((RespAggregate)await Server.CallAsync("LRANGE", $"agent:events:{list}", 0, -1)).Items.Select(r =>
                r.ToString()!
            ),
        ];
}
