using System.Text;
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

public sealed partial class LaneTests : IAsyncLifetime
{
    private static readonly LaneOptions Options = new()
    {
        TurnDeadline = TimeSpan.FromMinutes(10),
        DrainBudget = TimeSpan.FromSeconds(10),
        PermissionTimeout = TimeSpan.FromMinutes(30),
    };

    /// <summary>Only a lane that hangs takes so long.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(1);

    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private CentralTerm _term = new(null, CancellationToken.None);
    private readonly Alarms _alarms;
    private readonly PermissionRequests _permissions;
    private readonly EventReader _reader;
    private StoreFixture _store = null!;
    private ScriptedAgent _agent = new();
    private Task _lane = Task.CompletedTask;
    private readonly LaneGate _gate = new(isOpen: true);
    private Lane _running = null!;

    public LaneTests()
    {
        _alarms = new Alarms(_time, NullLogger<Alarms>.Instance);
        _permissions = new PermissionRequests(_time, NullLogger<PermissionRequests>.Instance);
        _reader = new EventReader(_time, new UlidFactory(_time));
    }

    public async ValueTask InitializeAsync() => _store = await StoreFixture.OpenAsync(_time);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _lane;
        await _store.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Run_EventPushed_ReachesTheAgentOnceAndCompletesWithItsReply()
    {
        _agent.ThenAnswer("on it");
        Start();

        var key = await PushAsync("a");
        var receipt = await _store.SettledAsync(key);

        var delivery = receipt.Deliveries.ShouldHaveSingleItem();
        delivery.State.ShouldBe(DeliveryState.Completed);
        delivery.Replies.ShouldHaveSingleItem().Text.ShouldBe("on it");
        delivery
            .History.Select(h => h.State)
            .ShouldBe([
                DeliveryState.Accepted,
                DeliveryState.Queued,
                DeliveryState.Injecting,
                DeliveryState.Injected,
                DeliveryState.Completed,
            ]);
        (await PromptAsync()).ShouldContain("** (test)");
    }

    [Fact]
    public async Task Run_EventsWaiting_GoTogetherInArrivalOrder()
    {
        var keys = new List<Ulid>();
        foreach (var id in Enumerable.Range(0, 25))
            keys.Add(await PushAsync($"e{id:00}"));
        Start();

        await _store.SettledAsync(keys[^1]);

        var (first, second) = (await PromptAsync(), await PromptAsync());
        first.ShouldStartWith("## 🔔 20 event(s)");
        second.ShouldStartWith("## 🔔 5 event(s)");
        Positions(first + second, Enumerable.Range(0, 25).Select(i => $"\"e{i:00}\"")).ShouldBeInOrder();
    }

    [Fact]
    public async Task Run_SingleTurnFails_IsContinuedTwiceAndThenDeadWithOneAlarm()
    {
        for (var i = 0; i < 3; i++)
            _agent.ThenFail(AgentFailureCause.Turn, "empty reply");
        Start();

        var key = await PushAsync("poison");
        await _store.ReachedAsync(key, DeliveryState.Queued, times: 2);
        _time.Advance(TimeSpan.FromSeconds(2));
        await _store.ReachedAsync(key, DeliveryState.Queued, times: 3);
        _time.Advance(TimeSpan.FromSeconds(4));
        var receipt = await _store.SettledAsync(key);

        var delivery = receipt.Deliveries.ShouldHaveSingleItem();
        (delivery.State, delivery.Reason, delivery.Attempts).ShouldBe((DeliveryState.Dead, "empty reply", 3));
        (await PromptAsync()).ShouldContain("poison");
        (await PromptAsync()).ShouldNotContain("poison");
        (await PromptAsync()).ShouldContain("goes on");
        await UntilAsync(() => _alarms.Open.Count > 0); // raised once the store has it
        var alarm = _alarms.Open.ShouldHaveSingleItem();
        alarm.Name.ShouldBe("dead");
        alarm.Message.ShouldContain($"`bellhop dead show {key}`");
    }

    [Fact]
    public async Task Run_OnePoisonInABatch_OnlyThatOneDies()
    {
        var keys = new List<Ulid>();
        for (var i = 0; i < 4; i++)
            keys.Add(await PushAsync($"e{i}"));
        // 4 fail, then 2+2: the first half fails, its singles: one fails until dead, the other passes.
        _agent
            .ThenFail(AgentFailureCause.Turn, "refused")
            .ThenFail(AgentFailureCause.Turn, "refused")
            .ThenFail(AgentFailureCause.Turn, "refused");
        Start();
        await AdvanceUntilAsync(() => _store.Store.Counts.Unfinished == 0);

        (await _store.FindAsync(keys[0])).Deliveries[0].State.ShouldBe(DeliveryState.Dead);
        foreach (var key in keys.Skip(1))
            (await _store.FindAsync(key)).Deliveries[0].State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Run_ModelOutageOfAnHour_SpendsNoAttemptAndRaisesOneAlarm()
    {
        _agent.ThenFail(AgentFailureCause.Outage, "429 too many requests");
        for (var i = 0; i < 70; i++)
            _agent.ThenFail(AgentFailureCause.Outage, "429 too many requests");
        Start();
        var key = await PushAsync("a");

        await UntilAsync(() => _running.Status.Phase == "paused");
        _alarms.Open.ShouldHaveSingleItem().Name.ShouldBe("agent:gateway");
        var receipt = await AdvanceUntilSettledAsync(key);

        receipt.Deliveries[0].State.ShouldBe(DeliveryState.Completed);
        receipt.Deliveries[0].Attempts.ShouldBe(0);
        receipt.Deliveries[0].History.Count.ShouldBeLessThan(100);
        await UntilAsync(() => _alarms.Open.Count == 0);
    }

    [Fact]
    public async Task Run_AgentCannotStart_EventsStayQueuedAndTheLaneSaysWhy()
    {
        _agent.NotReady("pi is not installed.", "pi is not installed.");
        var key = await PushAsync("a");
        Start();
        await UntilAsync(() => _alarms.Open.Count == 1);
        _alarms.Open[0].Message.ShouldContain("pi is not installed. Its events wait");

        await AdvanceUntilSettledAsync(key);

        (await PromptAsync()).ShouldContain("\"a\"");
        _agent.Prompts.TryRead(out _).ShouldBeFalse();
        await UntilAsync(() => _alarms.Open.Count == 0);
    }

    [Fact]
    public async Task Run_IdleAgentComesBackAfterFailing_TheAlarmIsClearedWithoutAnEvent()
    {
        Start();
        await UntilAsync(() => _agent.Starts == 1 && _running.Status.Phase == "idle");
        _agent.NotReady("no usable model");

        _agent.DieIdle();
        await UntilAsync(() => _alarms.Open.Count == 1);

        await AdvanceUntilAsync(() => _agent.Starts == 2 && _alarms.Open.Count == 0);
    }

    [Fact]
    public async Task Run_SilenceBeyondTheDeadline_StopsTheTurnAndCountsAsAFailure()
    {
        _agent.ThenHang();
        Start();
        var key = await PushAsync("a");
        await LastsAsync(key);

        _time.Advance(Options.TurnDeadline);
        var receipt = await AdvanceUntilSettledAsync(key);

        receipt.Deliveries[0].State.ShouldBe(DeliveryState.Completed);
        receipt.Deliveries[0].Attempts.ShouldBe(1);
        receipt.Deliveries[0].History.ShouldContain(h => h.Note != null && h.Note.Contains("no sign of life"));
    }

    [Fact]
    public async Task Run_StoppedInATurn_GivesItBackAndTheNextRunGoesOn()
    {
        var transcript = new ScriptedAgent.Transcript();
        _agent = new ScriptedAgent(transcript);
        _agent.ThenHang();
        Start();
        var key = await PushAsync("a");
        await LastsAsync(key);

        await _stop.CancelAsync();
        _time.Advance(Options.DrainBudget);
        await _lane;

        _agent.Stopped.ShouldBeTrue();
        (await _store.FindAsync(key)).Deliveries[0].State.ShouldBe(DeliveryState.Queued);
        using var again = new CancellationTokenSource();
        var second = new ScriptedAgent(transcript);
        var lane = Run(second, again.Token);
        (await _store.SettledAsync(key)).Deliveries[0].Attempts.ShouldBe(0);
        (await second.Prompts.ReadAsync()).Text.ShouldContain("goes on");
        await again.CancelAsync();
        await lane;
    }

    private void Start() => _lane = Run(_agent, _stop.Token);

    private Task Run(ScriptedAgent agent, CancellationToken stop)
    {
        _running = new Lane(
            SessionId.Gateway,
            _gate,
            _disk?.Store ?? _store.Store,
            agent,
            new PromptComposer(_composersClock ?? _time),
            _permissions,
            _alarms,
            () => Options,
            _time,
            NullLogger<Lane>.Instance
        );
        return Task.Run(() => _running.RunAsync(_term, stop), CancellationToken.None);
    }

    private async Task<Ulid> PushAsync(string id)
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"id":"{{id}}","type":"t.{{id}}","source":"test","payload":{"id":"{{id}}"},"ts":0}"""
        );
        var e = _reader.Read(body, new EventDefaults()).Event!;
        var result = await _store.Store.AppendAsync([new NewEvent(e, [new Target(SessionId.Gateway)])], default);
        return result.Events[0].Key;
    }

    private async Task<string> PromptAsync() => (await _agent.Prompts.ReadAsync()).Text;

    /// <summary>The agent has the event, and takes longer than a receipt waits for the answer.</summary>
    private async Task LastsAsync(Ulid key)
    {
        await UntilAsync(() => _time.NextTimerIn == TurnReceipt.Patience);
        (await _store.FindAsync(key)).Deliveries[0].State.ShouldBe(DeliveryState.Injecting);
        _time.Advance(TurnReceipt.Patience);
        await _store.ReachedAsync(key, DeliveryState.Injected);
    }

    private async Task<Receipt> AdvanceUntilSettledAsync(Ulid key)
    {
        await AdvanceUntilAsync(() => _store.FindAsync(key).GetAwaiter().GetResult().IsSettled);
        return await _store.FindAsync(key);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!holds() && TimeProvider.System.GetElapsedTime(start) < Enough)
            await Task.Yield();
        holds().ShouldBeTrue();
    }

    /// <summary>Lets the clock run while the lane sleeps, and stand still while a turn is under way.</summary>
    private Task AdvanceUntilAsync(Func<bool> done) =>
        UntilAsync(() =>
        {
            if (_running.Status.Phase is "paused" or "idle")
                _time.Advance(TimeSpan.FromSeconds(1));
            return done();
        });

    private static IReadOnlyList<int> Positions(string text, IEnumerable<string> words) =>
        [.. words.Select(w => text.IndexOf(w, StringComparison.Ordinal))];
}
