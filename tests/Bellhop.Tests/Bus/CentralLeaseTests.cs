using Bellhop.Redis.Bus;
using Bellhop.Redis.Client;
using Bellhop.Routing;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Bus;

/// <summary>Who is central on a real Redis, with a lease that is short but not so short that a busy machine loses it.</summary>
[Trait("Needs", "server")]
public sealed class CentralLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly RedisServer _server = new(RedisServer.Redis);
    private readonly List<IAsyncDisposable> _open = [];
    private TaskCompletionSource _news = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _open.AsEnumerable().Reverse())
            await part.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Term_NobodyElse_BeginsAtOnceAndPutsGatewayIntoTheSet()
    {
        var lease = Make("alpha");

        var term = await TermAsync(lease);

        term.Before.ShouldBeNull();
        lease.IsHeld.ShouldBeTrue();
        lease.Fence.ShouldBe(1);
        (await _server.CallAsync("SISMEMBER", "agent:gateway:sessions", "gateway")).ToString().ShouldContain("1");
        (await _server.CallAsync("GET", "agent:session:gateway")).ToString()!.ShouldContain("\"kind\":\"bellhop\"");
    }

    [Fact]
    public async Task Second_WhileTheFirstLives_StandsByAndSaysWhoIsCentral()
    {
        await TermAsync(Make("alpha"));
        var second = Make("beta");

        await UntilAsync(() => second.Status.Role == CentralRole.Standby);

        second.Status.Holder!.ShouldContain("alpha");
    }

    [Fact]
    public async Task Second_TheFirstEndsInOrder_TakesOverWithANewNumberAndKnowsWhoWasBefore()
    {
        var first = Make("alpha");
        var lost = (await TermAsync(first)).Lost;
        var second = Make("beta");
        await UntilAsync(() => second.Status.Role == CentralRole.Standby);

        await first.DisposeAsync();
        _open.Remove(first);
        var term = await TermAsync(second);

        lost.IsCancellationRequested.ShouldBeTrue();
        second.Fence.ShouldBe(2);
        term.Before!.ShouldContain("alpha");
    }

    [Fact]
    public async Task Term_SomebodyElseTookTheKey_IsLost()
    {
        var lease = Make("alpha");
        var term = await TermAsync(lease);

        await _server.CallAsync(
            "SET",
            "agent:session:gateway",
            """{"nonce":"other","kind":"pi-terminal","pid":7,"host":"h"}""",
            "PX",
            60_000
        );

        await UntilAsync(() => term.Lost.IsCancellationRequested);
        await UntilAsync(() => lease.Status.Holder?.Contains("pi-terminal 7 on h") == true);
    }

    [Fact]
    public async Task Term_OverAValueThatNeverEnds_Begins()
    {
        await _server.CallAsync("SET", "agent:session:gateway", """{"nonce":"n","kind":"pi"}""");

        await TermAsync(Make("alpha"));
    }

    [Fact]
    public async Task Term_RedisForgetsEverything_BeginsAnewWithANumberNeverUsed()
    {
        var lease = Make("alpha");
        var term = await TermAsync(lease);

        await _server.CallAsync("FLUSHALL");
        await UntilAsync(() => term.Lost.IsCancellationRequested);
        await TermAsync(lease);

        lease.Fence.ShouldBe(2);
    }

    [Fact]
    public async Task Term_RedisFallsSilent_IsLostBeforeTheLeaseCanEnd()
    {
        var lease = Make("alpha");
        var term = await TermAsync(lease);
        var held = TimeProvider.System.GetTimestamp();

        await _server.KillAsync();
        await UntilAsync(() => term.Lost.IsCancellationRequested);

        TimeProvider.System.GetElapsedTime(held).ShouldBeLessThan(Lease + Lease / 3);
        await _server.StartAgainAsync();
    }

    [Fact]
    public async Task Standby_ALeaseThatSomebodyWroteByHand_GoesOnTrying()
    {
        await _server.CallAsync("SET", "agent:session:gateway", """{"pid":"4711","nonce":"x"}""", "PX", 60_000);
        var lease = Make("alpha");
        await UntilAsync(() => lease.Status.Role == CentralRole.Standby || lease.Ended.IsCompleted);

        await _server.CallAsync("DEL", "agent:session:gateway");

        await TermAsync(lease);
    }

    [Fact]
    public async Task Run_BreaksOnItsOwn_EndsTheTermAndStopsTheGateway()
    {
        var lease = Make("alpha");
        var term = await TermAsync(lease);
        var application = new FakeApplication();
        using var watch = new CentralWatch(lease.Ended, application, NullLogger<CentralWatch>.Instance);
        await watch.StartAsync(Cancel);

        _news.SetException(new InvalidOperationException("what nobody thought of"));

        await application.Stopped.WaitAsync(Patience, TimeProvider.System, Cancel);
        term.Lost.IsCancellationRequested.ShouldBeTrue();
        lease.Status.Role.ShouldBe(CentralRole.Unknown);
    }

    [Fact]
    public async Task Echo_ATerminalListens_MakesWayUntilItIsGone()
    {
        await using (var terminal = Subscribe("agent:notify:main"))
        {
            await terminal.WhenUpAsync(Cancel);
            var waits = Make("alpha", agent: "echo");
            await UntilAsync(() => waits.Status.Role == CentralRole.Standby);
            waits.Status.Holder!.ShouldContain("a terminal");
        }

        await TermAsync((CentralLease)_open[^1]);
    }

    private CentralLease Make(string host, string agent = "pi")
    {
        var keys = new BusKeys("agent");
        var client = new RedisClient(
            _server.Dialer,
            new RedisClientOptions(),
            TimeProvider.System,
            NullLogger<RedisClient>.Instance
        );
        _open.Add(client);
        var self = new HolderRecord
        {
            Host = host,
            Pid = 1,
            StartedAt = ManualTime.DefaultStart,
            Home = "/home/ann",
            Kind = "bellhop",
            Agent = agent,
            Nonce = host,
        };
        var lease = new CentralLease(
            client,
            keys,
            self,
            Lease,
            new LeaseRivals(client, keys, makesWay: agent == "echo"),
            () => _news.Task,
            TimeProvider.System,
            NullLogger<CentralLease>.Instance
        );
        _open.Add(lease);
        return lease;
    }

    private RedisSubscriber Subscribe(string channel) =>
        new(
            _server.Dialer,
            new RedisClientOptions(),
            [channel],
            (_, _) => { },
            () => { },
            TimeProvider.System,
            NullLogger.Instance
        );

    private static Task<CentralTerm> TermAsync(CentralLease lease) =>
        lease.TermAsync(Cancel).WaitAsync(Patience, TimeProvider.System, Cancel);

    private static async Task UntilAsync(Func<bool> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!holds() && TimeProvider.System.GetElapsedTime(start) < Patience)
            await Task.Yield();
        holds().ShouldBeTrue();
    }
}
