using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Terminals;

public sealed class LeaseKeysTests
{
    private static readonly SessionId Satellite = SessionId.Parse("pid-7");

    [Fact]
    public async Task Set_WithAPeriod_IsATerminalThatJoins()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        (await client.RenewAsync("pid-7")).ShouldBe("+OK");

        var lease = fixture.Terminals.Of(Satellite).ShouldNotBeNull();
        (lease.Pid, lease.Host, lease.Cwd).ShouldBe((999_999_999, "elsewhere", "/work"));
        lease.ExpiresAt.ShouldBe(fixture.Time.GetUtcNow().AddSeconds(15));
        (await client.AskAsync("SMEMBERS", "agent:gateway:sessions")).ShouldBe("[\"gateway\", \"pid-7\"]");
        (await client.AskAsync("GET", "agent:session:pid-7")).ShouldContain("pi-terminal");
        (await client.AskAsync("PTTL", "agent:session:pid-7")).ShouldBe(":15000");
    }

    [Fact]
    public async Task Set_WordsOfHalfACharacter_IsATerminalAllTheSame()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        var lease = """{"cwd":"\ud800","\ud800\ud800\ud800":1,"host":"box"}""";
        (await client.RenewAsync("pid-7", lease)).ShouldBe("+OK");

        var known = fixture.Terminals.Of(Satellite).ShouldNotBeNull();
        (known.Host, known.Cwd).ShouldBe(("box", null));
    }

    [Fact]
    public async Task Set_OurAgentFailsToMakeRoom_IsAnErrorAndTheConnectionStays()
    {
        await using var fixture = await RespFixture.StartAsync();
        fixture.LetGo = Task.FromException(new InvalidOperationException("broken"));
        var client = fixture.Connect();

        var reply = await client.RenewAsync("pid-7");

        reply.ShouldStartWith("-ERR BH-5000 Something failed inside Bellhop.");
        reply.ShouldContain("Reference: ");
        (await client.AskAsync("PING")).ShouldBe("+PONG");
    }

    [Fact]
    public async Task Set_Renewed_KeepsWhenItCame()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.RenewAsync("pid-7");
        var came = fixture.Time.GetUtcNow();
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await client.AskAsync("MULTI");
        await client.RenewAsync("pid-7");
        (await client.AskAsync("EXEC")).ShouldBe("[+OK]");
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        var lease = fixture.Terminals.Of(Satellite).ShouldNotBeNull();
        (lease.Since, lease.ExpiresAt).ShouldBe((came, came.AddSeconds(25)));
    }

    [Fact]
    public async Task Set_WithoutAPeriod_IsNoLease_UntilItGetsOne()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.AskAsync("SET", "agent:session:pid-7", "{}");
        fixture.Terminals.Of(Satellite).ShouldBeNull();
        (await client.AskAsync("PEXPIRE", "agent:session:pid-7", "9000")).ShouldBe(":1");
        fixture.Terminals.Of(Satellite).ShouldNotBeNull().Period.ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Theory]
    [InlineData("EX", "99999999")]
    [InlineData("PX", "251629934000000")] // as long as there are dates
    public async Task Set_ForLongerThanATimerCounts_IsALeaseLikeAnother(string unit, string period)
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        (await client.AskAsync("SET", "agent:session:pid-7", "{}", unit, period)).ShouldBe("+OK");
        while (fixture.Time.PendingTimers == 0 && !fixture.Application.Stopped.IsCompleted)
            await Task.Yield();
        fixture.Application.Stopped.IsCompleted.ShouldBeFalse("the look after terminals goes on");

        fixture.Time.Advance(TimeSpan.FromHours(3));
        using var afterwards = fixture.TerminalsOfANewRun();
        await afterwards.LoadAsync(TestContext.Current.CancellationToken);
        afterwards.Of(Satellite).ShouldNotBeNull().Period.ShouldBe(TerminalLease.LongestPeriod);

        await client.PushAsync("pid-7", "one");
        await client.AskAsync("PEXPIRE", "agent:session:pid-7", "9000");
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await fixture.UntilAsync("one", "gateway", _ => true);
    }

    [Fact]
    public async Task Load_OfARecordLongerThanThereAreDates_IsCutShort()
    {
        await using var fixture = await RespFixture.StartAsync();
        var record = new TerminalRecord(Satellite, TimeSpan.MaxValue, "{}"u8.ToArray());
        await new KeyspaceTerminalRecords(fixture.Store.Keyspace).SaveAsync(
            record,
            TestContext.Current.CancellationToken
        );

        using var afterwards = fixture.TerminalsOfANewRun();
        await afterwards.LoadAsync(TestContext.Current.CancellationToken);

        var lease = afterwards.Of(Satellite).ShouldNotBeNull();
        lease.ExpiresAt.ShouldBe(fixture.Time.GetUtcNow() + TerminalLease.LongestPeriod);
    }

    [Fact]
    public async Task SetNx_WhereATerminalIs_IsNilAndChangesNothing()
    {
        await using var fixture = await RespFixture.StartAsync();
        var (first, second) = (fixture.Connect(), fixture.Connect());
        await first.RenewAsync("gateway", TerminalWire.Lease("gateway", "first"));
        var lease = TerminalWire.Lease("gateway", "second", pid: 5);
        (await second.AskAsync("SET", "agent:session:main", lease, "NX", "PX", "15000")).ShouldBe("null");
        fixture.Terminals.Of(SessionId.Gateway).ShouldNotBeNull().Nonce.ShouldBe("first");
        (await second.AskAsync("GET", "agent:session:central")).ShouldContain("first");
    }

    [Fact]
    public async Task Del_OfASatellite_GivesCentralItsEventsBeforeTheReply()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.RenewAsync("pid-7");
        await client.PushAsync("pid-7", "one");

        (await client.AskAsync("DEL", "agent:session:pid-7")).ShouldBe(":1");

        var delivery = await fixture.DeliveryAsync("one");
        (delivery.State, delivery.Reason).ShouldBe((DeliveryState.Dropped, "adopted"));
        (await fixture.DeliveryAsync("one", "gateway"))
            .History[^1]
            .Note.ShouldBe("its terminal pid-999999999 on host elsewhere is gone: it said goodbye");
        (await client.AskAsync("SMEMBERS", "agent:gateway:sessions")).ShouldBe("[\"gateway\"]");
        await client.PushAsync("pid-7", "two");
        (await fixture.DeliveryAsync("two")).State.ShouldBe(DeliveryState.Accepted, "nobody knows it any more");
    }

    [Fact]
    public async Task Expiry_OfASatellite_GivesCentralItsEvents()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.RenewAsync("pid-7");
        await client.PushAsync("pid-7", "one");
        await client.ClaimAsync("pid-7");
        await client.AskAsync("LPUSH", "agent:receipts", TerminalWire.Receipt("one", "injected"));

        fixture.Time.Advance(TimeSpan.FromSeconds(16));

        var adopted = await fixture.UntilAsync("one", "gateway", _ => true);
        adopted.State.ShouldBe(DeliveryState.Queued);
        adopted.History[^1].Note!.ShouldContain("its lease has run out");
        while (fixture.Terminals.Of(Satellite) is not null)
            await Task.Yield();
    }

    [Fact]
    public async Task Expiry_OfCentral_GivesBackWhatItHadInHand_AndOthersSeeIt()
    {
        await using var fixture = await RespFixture.StartAsync();
        var (gone, next) = (fixture.Connect(), fixture.Connect());
        await gone.RenewAsync("gateway");
        await gone.PushAsync("main", "one");
        await gone.PushAsync("main", "two");
        await gone.AskAsync("LMOVE", "agent:events:gateway", "agent:claims:gateway", "RIGHT", "LEFT");
        await gone.AskAsync("LPUSH", "agent:receipts", TerminalWire.Receipt("one", "injected", "gateway"));
        await gone.AskAsync("LMOVE", "agent:events:gateway", "agent:claims:gateway", "RIGHT", "LEFT");
        (await next.AskAsync("LLEN", "agent:events:main")).ShouldBe(":0");

        fixture.Time.Advance(TimeSpan.FromSeconds(16));
        await fixture.UntilAsync("one", "gateway", d => d.State == DeliveryState.Queued);
        (await next.RenewAsync("gateway", TerminalWire.Lease("gateway", "n2", pid: 2))).ShouldBe("+OK");

        // The store lets go of them before the list does.
        while (await next.AskAsync("LLEN", "agent:events:main") != ":2")
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        (await next.ClaimAsync("gateway")).ShouldContain("one");
        (await next.ClaimAsync("gateway")).ShouldContain("two");
        (await gone.AskAsync("LREM", "agent:claims:gateway", "1", TerminalWire.Row("two"))).ShouldBe(":0");
    }

    [Fact]
    public async Task Connection_OfATerminalWhoseProcessIsGone_EndsItAtOnce()
    {
        await using var fixture = await RespFixture.StartAsync();
        var (client, other) = (fixture.Connect(), fixture.Connect());
        await client.RenewAsync("pid-7", TerminalWire.Lease("pid-7", host: Environment.MachineName));
        await client.PushAsync("pid-7", "one");
        await client.CloseAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        var adopted = await fixture.UntilAsync("one", "gateway", _ => true);
        adopted.History[^1].Note!.ShouldContain("its process has ended");
        (await other.AskAsync("SMEMBERS", "agent:gateway:sessions")).ShouldBe("[\"gateway\"]");
    }

    [Fact]
    public async Task Connection_OfATerminalElsewhere_LeavesItItsLease()
    {
        await using var fixture = await RespFixture.StartAsync();
        var (client, again) = (fixture.Connect(), fixture.Connect());
        await client.RenewAsync("pid-7");
        await client.CloseAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await again.RenewAsync("pid-7");
        fixture.Terminals.Of(Satellite).ShouldNotBeNull().Since.ShouldBe(fixture.Time.GetUtcNow().AddSeconds(-2));
    }

    [Fact]
    public async Task HeldByOurAgent_GetShowsOurLease_AndNobodyTakesIt()
    {
        await using var fixture = await RespFixture.StartAsync();
        fixture.Hold(SessionId.Gateway, "pi");
        var client = fixture.Connect();
        var lease = TerminalWire.Lease("gateway");
        (await client.AskAsync("GET", "agent:session:gateway")).ShouldContain("\"agent\":\"pi\"");
        (await client.AskAsync("SET", "agent:session:gateway", lease, "NX", "PX", "15000")).ShouldBe("null");
        foreach (
            var command in (string[][])
                [
                    ["SET", "agent:session:gateway", lease, "PX", "15000"],
                    ["DEL", "agent:session:main"],
                    ["PEXPIRE", "agent:session:gateway", "1"],
                ]
        )
            (await client.AskAsync(command)).ShouldStartWith("-BUSY held by pi:");
        fixture.Terminals.Live.ShouldBeEmpty();
    }

    [Fact]
    public async Task Watch_OfALeaseThatOurAgentTakes_Breaks()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.RenewAsync("gateway");
        await client.AskAsync("WATCH", "agent:session:gateway");
        fixture.Hold(SessionId.Gateway, "pi");
        await client.AskAsync("MULTI");
        await client.RenewAsync("gateway");
        (await client.AskAsync("EXEC")).ShouldBe("null");
        (await client.AskAsync("GET", "agent:session:gateway")).ShouldContain("bellhop");
    }

    [Fact]
    public async Task Set_WhereOurAgentMustMakeRoom_IsAnsweredOnceItHas()
    {
        await using var fixture = await RespFixture.StartAsync();
        var agent = new TaskCompletionSource();
        fixture.LetGo = agent.Task;
        var (terminal, listener) = (fixture.Connect(), fixture.Connect());
        var (set, heard) = (terminal.RenewAsync("gateway"), listener.AskAsync("SUBSCRIBE", "agent:notify:main"));
        while (fixture.Terminals.Of(SessionId.Gateway) is null || fixture.Terminals.ListenersOf(SessionId.Gateway) == 0)
            await Task.Yield();
        (set.IsCompleted, heard.IsCompleted).ShouldBe((false, false));
        agent.SetResult();
        (await set).ShouldBe("+OK");
        (await heard).ShouldContain("subscribe");
        await listener.CloseAsync();
        while (fixture.Terminals.ListenersOf(SessionId.Gateway) > 0)
            await Task.Yield();
    }

    [Fact]
    public async Task Restart_GivesALiveTerminalAWholePeriod()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.RenewAsync("pid-7");
        await client.PushAsync("pid-7", "one");
        fixture.Time.Advance(TimeSpan.FromSeconds(14));

        using var afterwards = fixture.TerminalsOfANewRun();
        await afterwards.LoadAsync(TestContext.Current.CancellationToken);

        var lease = afterwards.Of(Satellite).ShouldNotBeNull();
        (lease.Nonce, lease.ExpiresAt).ShouldBe(("n1", fixture.Time.GetUtcNow().AddSeconds(15)));
    }
}
