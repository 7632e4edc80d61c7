using System.Text;
using System.Text.Json;
using Bellhop.Agents;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Lanes;
using Bellhop.Permissions;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Lanes;

public sealed class SessionHoldsTests : IAsyncLifetime
{
    private static readonly SessionId Gateway = SessionId.Gateway;

    private readonly ManualTime _time = new();
    private readonly ScriptedAgent _agent = new();
    private StoreFixture _store = null!;
    private TerminalLeases _terminals = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreFixture.OpenAsync(_time);
        _terminals = new TerminalLeases(
            _store.Store,
            new SessionRegistry(_store.Store),
            new KeyspaceTerminalRecords(_store.Store.Keyspace),
            _time,
            NullLogger<TerminalLeases>.Instance
        );
    }

    public async ValueTask DisposeAsync()
    {
        _terminals.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Firm_ATerminalThatComes_ChangesNothing()
    {
        using var holds = await LoadAsync(yields: false);
        _terminals.CountListener(Gateway, 1);
        holds.HolderOf(Gateway).ShouldBe("scripted");
        var lease = JsonDocument.Parse(holds.OwnLeaseOf(Gateway).ShouldNotBeNull()).RootElement;
        (lease.GetProperty("kind").GetString(), lease.GetProperty("agent").GetString()).ShouldBe(
            ("bellhop", "scripted")
        );
        holds.HolderOf(SessionId.Parse("pid-7")).ShouldBeNull();
        holds.OwnLeaseOf(SessionId.Parse("pid-7")).ShouldBeNull();
    }

    [Fact]
    public async Task Yielding_MakesRoomForALeaseOrAListener_AndComesBack()
    {
        using var holds = await LoadAsync(yields: true);
        (holds.HolderOf(Gateway), holds.OwnLeaseOf(Gateway)).ShouldBe(("scripted", null));

        _terminals.CountListener(Gateway, 1);
        await holds.LetGoAsync(Gateway, Cancel);
        holds.HolderOf(Gateway).ShouldBeNull();
        await _terminals.RenewAsync(Lease(), Cancel);
        _terminals.CountListener(Gateway, -1);
        holds.HolderOf(Gateway).ShouldBeNull();

        await _terminals.LeaveAsync(Gateway, Cancel);
        holds.HolderOf(Gateway).ShouldBe("scripted");
    }

    [Fact]
    public async Task HandOver_ToATerminal_OutlivesARestart()
    {
        using (var holds = await LoadAsync(yields: false))
        {
            var changed = 0;
            holds.Changed += (_, _) => changed++;
            var result = await holds.HandOverAsync(Gateway, SessionHolder.Terminal, Cancel);
            result.IsPossible.ShouldBeTrue();
            result.Message.ShouldContain("GATEWAY_ROLE=central pi");
            (holds.HolderOf(Gateway), holds.OwnLeaseOf(Gateway)).ShouldBe((null, null));
            changed.ShouldBeGreaterThan(0);
        }
        using var next = await LoadAsync(yields: false);
        next.HolderOf(Gateway).ShouldBeNull();
    }

    [Fact]
    public async Task HandOver_BackToAnAgentThatYields_SaysThatTheTerminalMustEnd()
    {
        using var holds = await LoadAsync(yields: true);
        await holds.HandOverAsync(Gateway, SessionHolder.Terminal, Cancel);
        await _terminals.RenewAsync(Lease(), Cancel);

        var result = await holds.HandOverAsync(Gateway, SessionHolder.Bellhop, Cancel);

        result.Message.ShouldContain("once its terminal pid-5 on host box has let go: quit it there");
    }

    [Fact]
    public async Task HandOver_Back_WaitsForTheTerminalAndTellsItAtOnce()
    {
        using var holds = await LoadAsync(yields: false);
        await holds.HandOverAsync(Gateway, SessionHolder.Terminal, Cancel);
        await _terminals.RenewAsync(Lease(), Cancel);
        holds.HolderOf(Gateway).ShouldBeNull();

        var result = await holds.HandOverAsync(Gateway, SessionHolder.Bellhop, Cancel);

        result.Message.ShouldContain("once its terminal pid-5 on host box has let go, within 15 s");
        holds.OwnLeaseOf(Gateway).ShouldNotBeNull("the terminal reads it and stops");
        holds.GateOf(Gateway).IsClosed.ShouldBeTrue();
        holds.HolderOf(Gateway).ShouldBe("scripted", "nobody begins anything new meanwhile");
        await _terminals.LeaveAsync(Gateway, Cancel);
        holds.GateOf(Gateway).IsClosed.ShouldBeFalse();
        (await holds.HandOverAsync(Gateway, SessionHolder.Bellhop, Cancel)).Message.ShouldBe("scripted has gateway.");
    }

    [Fact]
    public async Task HandOver_OfASessionWithoutAnAgent_IsNotPossible()
    {
        using var holds = await LoadAsync(yields: false);
        (
            await holds.HandOverAsync(SessionId.Parse("pid-7"), SessionHolder.Terminal, Cancel)
        ).IsPossible.ShouldBeFalse();
    }

    [Fact]
    public async Task HandOver_LeavesNothingInTheAgentsHand()
    {
        using var holds = await LoadAsync(yields: false);
        var said = new TaskCompletionSource();
        _agent.ThenWait(said.Task, "done").ThenAnswer("again");
        using var stop = new CancellationTokenSource();
        var lane = RunAsync(holds, stop.Token);
        var first = await PushAsync("one");
        await _store.ReachedAsync(first, DeliveryState.Injecting);

        var handover = holds.HandOverAsync(Gateway, SessionHolder.Terminal, Cancel);
        handover.IsCompleted.ShouldBeFalse("its turn has not ended");
        holds.HolderOf(Gateway).ShouldBe("scripted");
        said.SetResult();
        await handover;

        (await _store.FindAsync(first)).Deliveries[0].State.ShouldBe(DeliveryState.Completed);
        _agent.Stopped.ShouldBeTrue();
        var second = await PushAsync("two");
        (await _store.FindAsync(second)).Deliveries[0].State.ShouldBe(DeliveryState.Queued);

        await holds.HandOverAsync(Gateway, SessionHolder.Bellhop, Cancel);
        (await _store.SettledAsync(second)).Deliveries[0].Replies[0].Text.ShouldBe("again");
        await stop.CancelAsync();
        await lane;
    }

    private Task RunAsync(SessionHolds holds, CancellationToken stop)
    {
        var lane = new Lane(
            Gateway,
            holds.GateOf(Gateway),
            _store.Store,
            _agent,
            new PromptComposer(_time),
            new PermissionRequests(_time, NullLogger<PermissionRequests>.Instance),
            new Alarms(_time, NullLogger<Alarms>.Instance),
            () => new LaneOptions(),
            _time,
            NullLogger<Lane>.Instance
        );
        return Task.Run(
            () => lane.RunAsync(new CentralTerm(null, CancellationToken.None), stop),
            CancellationToken.None
        );
    }

    private async Task<SessionHolds> LoadAsync(bool yields)
    {
        var agents = new Dictionary<SessionId, IAgent> { [Gateway] = _agent };
        var ulids = new UlidFactory(_time);
        var records = new KeyspaceHandoverRecords(_store.Store.Keyspace);
        var holds = new SessionHolds(agents, yields, _terminals, records, ulids, _time);
        await holds.LoadAsync(Cancel);
        return holds;
    }

    private TerminalLease Lease()
    {
        var json = Encoding.UTF8.GetBytes("""{"host":"box","pid":5,"nonce":"n"}""");
        var (now, period) = (_time.GetUtcNow(), TimeSpan.FromSeconds(15));
        return TerminalLease.Read(Gateway, json, period, now + period, now);
    }

    private async Task<Ulid> PushAsync(string id)
    {
        var e = Make.Event(_time, id);
        await _store.Store.AppendAsync([Make.New(e)], Cancel);
        return e.Key;
    }
}
