using System.Text;
using Bellhop.Events;
using Bellhop.Redis.Client;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

// What a server does to us, and other gateways.
public sealed partial class RedisStoreTests
{
    [Fact]
    public async Task LaneSideCalls_BehindTheFence_ChangeNothing()
    {
        var store = await OpenAsync();
        var e = Make.Event(Time);
        await store.AppendAsync([Make.New(e)], Cancel);
        (_fence, _term) = (1, 1);
        await Server.CallAsync("SET", "agent:bellhop:fence", 1);
        var lease = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        await Server.CallAsync("INCR", "agent:bellhop:fence");

        foreach (var call in LaneCalls(store, lease.Turn))
            (await Should.ThrowAsync<StoreException>(call)).IsFenced.ShouldBeTrue();

        var delivery = (await store.FindAsync(e.Id, Cancel)).ShouldNotBeNull().Deliveries[0];
        delivery.State.ShouldBe(DeliveryState.Injecting);
        // A standby accepts.
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        _fence = 2;
        await store.InjectedAsync(lease.Turn, true, null, Cancel);
    }

    [Fact]
    public async Task Open_OfANewerSchema_IsRefused()
    {
        await OpenAsync();
        await Server.CallAsync("HSET", "agent:bellhop:meta", "schema", RedisEventStore.SchemaVersion + 1);
        var refusal = await Should.ThrowAsync<StoreException>(OpenAsync());
        refusal.Message.ShouldContain($"schema version {RedisEventStore.SchemaVersion + 1}");
        refusal.Message.ShouldContain("newer Bellhop");
        await Should.ThrowAsync<StoreException>(_stores[0].AppendAsync([Make.New(Make.Event(Time))], Cancel));
    }

    [Fact]
    public async Task Flush_UnderOurFeet_IsSaidAndLeavesAnEmptyStore()
    {
        var store = await OpenAsync();
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        var lease = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        for (var times = 1; times <= 2; times++)
        {
            await Server.CallAsync("FLUSHALL");
            await Should.ThrowAsync<StoreException>(store.InjectedAsync(lease.Turn, true, null, Cancel));
            store.Counts.Unfinished.ShouldBe(0);
            await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
            store.Counts.Unfinished.ShouldBe(1);
            (await store.SessionsAsync(Cancel)).ShouldHaveSingleItem().Session.ShouldBe(SessionId.Gateway);
            _losses.Count.ShouldBe(times);
        }
        _losses[0].ShouldContain("flushed");
        (await store.LeaseAsync(SessionId.Gateway, Limits, Cancel)).Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task ScriptFlush_IsNotNoticed()
    {
        var store = await OpenAsync();
        await Server.CallAsync("SCRIPT", "FLUSH");
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        await Server.CallAsync("SCRIPT", "FLUSH");
        (await store.LeaseAsync(SessionId.Gateway, Limits, Cancel)).Deliveries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task OutOfMemory_RefusesAppendsPlainlyButLetsTurnsEnd()
    {
        var store = await OpenAsync();
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        await Server.CallAsync("CONFIG", "SET", "maxmemory", "1");
        try
        {
            var e = Make.Event(Time);
            var refusal = await Should.ThrowAsync<StoreException>(store.AppendAsync([Make.New(e)], Cancel));
            refusal.IsAway.ShouldBeTrue();
            refusal.Message.ShouldContain("maxmemory");
            (await store.FindAsync(e.Id, Cancel)).ShouldBeNull();
            var lease = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
            await store.InjectedAsync(lease.Turn, true, null, Cancel);
            await store.CompleteAsync(lease.Turn, [], null, Cancel);
        }
        finally
        {
            await Server.CallAsync("CONFIG", "SET", "maxmemory", "0");
        }
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        store.Counts.Unfinished.ShouldBe(1);
    }

    [Fact]
    public async Task ReadOnlyReplica_IsSaid_AndLanesGoOnWhenItTakesWritesAgain()
    {
        var store = await OpenAsync();
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        var lease = await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
        await Server.CallAsync("REPLICAOF", "127.0.0.1", "1");
        try
        {
            var refusal = await Should.ThrowAsync<StoreException>(
                store.AppendAsync([Make.New(Make.Event(Time))], Cancel)
            );
            refusal.IsAway.ShouldBeTrue();
            refusal.Message.ShouldContain("replica");
            var waiting = store.InjectedAsync(lease.Turn, true, null, Cancel);
            waiting.IsCompleted.ShouldBeFalse();
            await ReplicaOfNoOneAsync();
            await waiting.WaitAsync(Patience, Cancel);
        }
        finally
        {
            await ReplicaOfNoOneAsync();
        }
    }

    [Fact]
    public async Task Refresh_ThatFails_IsTriedAgainUntilItIsDone()
    {
        await using var proxy = new CuttingProxy(Server.Port);
        var (blind, other) = (await OpenAsync(proxy), await OpenAsync());
        await other.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        await Server.CallAsync("RENAME", "agent:bellhop:counts", "aside");
        await Server.CallAsync("SET", "agent:bellhop:counts", "of another kind");
        var moves = blind.WatchAsync(Cancel);
        await Server.CallAsync("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes");
        await Should.ThrowAsync<StoreException>(async () => await moves.LastAsync(Cancel).AsTask().WaitAsync(Patience));
        await Time.SomebodySleepsAsync().WaitAsync(Patience, Cancel);
        await Server.CallAsync("RENAME", "aside", "agent:bellhop:counts");
        await Server.CallAsync("HSET", "agent:bellhop:counts", "queued gateway", 7);

        Time.Advance(TimeSpan.FromSeconds(1));

        await UntilAsync(() => blind.Counts.Sessions.Any(s => s.Queued == 7));
    }

    [Fact]
    public async Task Open_WithoutThePassword_SaysWhatIsWrong()
    {
        await Server.CallAsync("CONFIG", "SET", "requirepass", "secret");
        try
        {
            var refusal = await Should.ThrowAsync<StoreException>(OpenAsync());
            refusal.IsAway.ShouldBeTrue();
            refusal.Message.ShouldContain("password");
            var wrong = RedisEndpoint.Parse($"redis://:guess@127.0.0.1:{Server.Port}");
            (await Should.ThrowAsync<StoreException>(OpenAsync(wrong))).Message.ShouldContain("refuses");
        }
        finally
        {
            await using var connection = await new RedisDialer(
                RedisEndpoint.Parse($"redis://:secret@127.0.0.1:{Server.Port}"),
                new RedisClientOptions(),
                TimeProvider.System
            ).DialAsync(null, Cancel);
            await connection.CallAsync(RedisCommand.Of("CONFIG", "SET", "requirepass", ""), Cancel);
        }
    }

    private static IEnumerable<Func<Task>> LaneCalls(RedisEventStore store, Ulid turn) =>
        [
            () => store.LeaseAsync(SessionId.Gateway, Limits, Cancel),
            () => store.InjectedAsync(turn, true, null, Cancel),
            () => store.CompleteAsync(turn, [], null, Cancel),
            () => store.FaultAsync(turn, TurnFault.Failed, "x", new RetryPolicy(), Cancel),
            () => store.ReleaseAsync(turn, "x", false, Cancel),
            () => store.AdoptAsync(DateTimeOffset.MaxValue, Cancel),
            () => store.AdoptAsync(Satellite, "x", Cancel),
            () => store.AbandonAsync(SessionId.Gateway, "x", Cancel),
            () => store.PurgeAsync(new Retention(DateTimeOffset.MaxValue, DateTimeOffset.MaxValue), Cancel),
        ];

    /// <summary>Past the greeting, which refuses a replica.</summary>
    private Task<string> ReplicaOfNoOneAsync() => SayAsync("REPLICAOF NO ONE");

    private async Task<string> SayAsync(string line)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", Server.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n"), Cancel);
        var answer = new byte[256];
        return Encoding.ASCII.GetString(answer, 0, await client.GetStream().ReadAsync(answer, Cancel));
    }
}
