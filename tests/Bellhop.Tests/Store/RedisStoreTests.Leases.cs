using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Bellhop.Events;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

// Appends that bring a waiting lane its lease.
public sealed partial class RedisStoreTests
{
    [Fact]
    public async Task Append_WhereALaneWaits_LeasesInTheSameCall()
    {
        var store = await OpenAsync();
        var calls = 0L;
        for (var round = 0; round < 10 && calls != 1; round++)
        {
            // A store that was opened just now looks once more at everything, and the lane with it: that may be in between.
            var lease = await WaitingAsync(store);
            var before = await ScriptsRunAsync();
            var e = Make.Event(Time);
            await store.AppendAsync([Make.New(e)], Cancel);
            var leased = await lease.WaitAsync(Patience, Cancel);
            calls = await ScriptsRunAsync() - before;

            leased.Deliveries.ShouldHaveSingleItem().Event.Body.ToArray().ShouldBe(e.Body.ToArray());
            var counts = store.Counts.Sessions.Single(s => s.Session.IsGateway);
            counts.ShouldBe(new SessionCounts(SessionId.Gateway, 0, 0, 1));
            var delivery = (await store.FindAsync(e.Id, Cancel)).ShouldNotBeNull().Deliveries[0];
            delivery.Turn.ShouldBe(leased.Turn);
            delivery
                .History.Select(h => h.State)
                .ShouldBe([DeliveryState.Accepted, DeliveryState.Queued, DeliveryState.Injecting]);
            await store.InjectedAsync(leased.Turn, true, null, Cancel);
            await store.CompleteAsync(leased.Turn, [], null, Cancel);
        }
        calls.ShouldBe(1);
    }

    [Fact]
    public async Task Append_ThatLeases_TellsBothMovesInOrder()
    {
        var store = await OpenAsync();
        var lease = await WaitingAsync(store);
        var moves = store.WatchAsync(Cancel).GetAsyncEnumerator(Cancel);
        await store.AppendAsync([Make.New(Make.Event(Time)), Make.New(Make.Event(Time))], Cancel);
        (await lease).Deliveries.Count.ShouldBe(2);
        var told = new List<(long, DeliveryState)>();
        while (told.Count < 4 && await moves.MoveNextAsync())
            told.Add((moves.Current.Delivery, moves.Current.State));
        told.Where(m => m.Item1 == 1).Select(m => m.Item2).ShouldBe([DeliveryState.Queued, DeliveryState.Injecting]);
        told.Where(m => m.Item1 == 2).Select(m => m.Item2).ShouldBe([DeliveryState.Queued, DeliveryState.Injecting]);
        await moves.DisposeAsync();
    }

    [Fact]
    public async Task Append_AfterTheWaitWasCancelled_LeasesNothing()
    {
        var store = await OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var cancelled = await WaitingAsync(store, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(cancelled);
        var e = Make.Event(Time);

        await store.AppendAsync([Make.New(e)], Cancel);

        (await store.FindAsync(e.Id, Cancel)).ShouldNotBeNull().Deliveries[0].State.ShouldBe(DeliveryState.Queued);
        (await store.LeaseAsync(SessionId.Gateway, Limits, Cancel)).Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Append_OfAStandby_LeasesNothingAndWakesTheLaneOfCentral()
    {
        var (central, standby) = (await OpenAsync(), await OpenAsync());
        var lease = await WaitingAsync(central);
        var e = Make.Event(Time);

        await standby.AppendAsync([Make.New(e)], Cancel);

        (await lease.WaitAsync(Patience, Cancel)).Deliveries.ShouldHaveSingleItem().Event.Key.ShouldBe(e.Key);
    }

    [Fact]
    public async Task Append_WhereTheLaneThatWaitsIsBehindTheFence_LeasesNothing()
    {
        var store = await OpenAsync();
        _fence = 1;
        await Server.CallAsync("SET", "agent:bellhop:fence", 1);
        var lease = await WaitingAsync(store);
        await Server.CallAsync("INCR", "agent:bellhop:fence");
        var e = Make.Event(Time);

        await store.AppendAsync([Make.New(e)], Cancel);

        (await Should.ThrowAsync<StoreException>(lease.WaitAsync(Patience, Cancel))).IsFenced.ShouldBeTrue();
        (await store.FindAsync(e.Id, Cancel)).ShouldNotBeNull().Deliveries[0].State.ShouldBe(DeliveryState.Queued);
    }

    [Fact]
    public async Task Append_OfABacklogThatIsNotDue_LeavesTheLaneWaiting()
    {
        var store = await OpenAsync();
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        var failed = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        await store.InjectedAsync(failed.Turn, true, null, Cancel);
        await store.FaultAsync(failed.Turn, TurnFault.Failed, "empty reply", new RetryPolicy(), Cancel);
        var lease = await WaitingAsync(store);

        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);

        await store.FindAsync("nobody", Cancel);
        lease.IsCompleted.ShouldBeFalse();
        Time.Advance(new RetryPolicy().MaxDelay);
        (await lease.WaitAsync(Patience, Cancel)).Deliveries.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task LostAnswer_OfAnAppendThatLeases_GivesTheSameLease()
    {
        await using var proxy = new CuttingProxy(Server.Port);
        var store = await OpenAsync(proxy);
        await KnowTheScriptAsync(store);
        var lease = await WaitingAsync(store);
        var e = Make.Event(Time);
        proxy.CutAnswerTo(Encoding.UTF8.GetBytes(e.Key.ToString()));

        await store.AppendAsync([Make.New(e)], Cancel);

        proxy.Cuts.ShouldBe(1);
        var leased = await lease.WaitAsync(Patience, Cancel);
        leased.Deliveries.ShouldHaveSingleItem().Event.Key.ShouldBe(e.Key);
        (await store.OpenTurnsAsync(SessionId.Gateway, Cancel)).ShouldHaveSingleItem().Lease.Turn.ShouldBe(leased.Turn);
    }

    [Fact]
    public async Task LostAnswer_OfAnAppendThatGivesUp_LeavesItsLeaseToBeFoundByTheLane()
    {
        await using var proxy = new CuttingProxy(Server.Port);
        var store = await OpenAsync(proxy);
        await KnowTheScriptAsync(store);
        var lease = await WaitingAsync(store);
        var e = Make.Event(Time);
        proxy.CutAnswerTo(Encoding.UTF8.GetBytes(e.Key.ToString()));
        proxy.HoldNewConnections();

        var append = store.AppendAsync([Make.New(e)], Cancel);
        while (!append.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1)); // it asks again for a while
            await Task.Yield();
        }
        (await Should.ThrowAsync<StoreException>(append)).IsAway.ShouldBeTrue();
        proxy.LetThemIn();

        var leased = await lease.WaitAsync(Patience, Cancel);
        leased.Deliveries.ShouldHaveSingleItem().Event.Key.ShouldBe(e.Key);
        (await store.OpenTurnsAsync(SessionId.Gateway, Cancel)).ShouldHaveSingleItem().Lease.Turn.ShouldBe(leased.Turn);
    }

    /// <summary>
    /// A lane that has looked and waits. Answers come in order on one connection, and who waits for a lease goes on where
    /// they are read: whatever is answered behind its look is answered while it waits.
    /// </summary>
    private static async Task<Task<TurnLease>> WaitingAsync(RedisEventStore store, CancellationToken? cancel = null)
    {
        var lease = store.LeaseAsync(SessionId.Gateway, Limits, cancel ?? Cancel);
        // Twice: the server may first have to be told the script.
        await store.FindAsync("nobody", Cancel);
        await store.FindAsync("nobody", Cancel);
        lease.IsCompleted.ShouldBeFalse();
        return lease;
    }

    /// <summary>A server that has to be told the script first carries nothing out of a call whose answer is lost.</summary>
    private async Task KnowTheScriptAsync(RedisEventStore store)
    {
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        var lease = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        await store.InjectedAsync(lease.Turn, true, null, Cancel);
        await store.CompleteAsync(lease.Turn, [], null, Cancel);
    }

    private async Task<long> ScriptsRunAsync()
    {
        var stats = (await Server.CallAsync("INFO", "commandstats")).ToString()!;
        return long.Parse(EvalShaCalls().Match(stats).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"cmdstat_evalsha:calls=(\d+)")]
    private static partial Regex EvalShaCalls();
}
