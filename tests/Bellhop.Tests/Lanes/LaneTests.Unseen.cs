using Bellhop.Agents;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Lanes;

/// <summary>Turns that failed before the agent gave its receipt: its transcript may hold the events all the same.</summary>
public sealed partial class LaneTests
{
    [Theory]
    [InlineData(AgentFailureCause.Turn, 1)]
    [InlineData(AgentFailureCause.Stopped, 1)]
    [InlineData(AgentFailureCause.Outage, 0)]
    public async Task Run_FailsUnseenAndTheTranscriptHoldsIt_GoesOnWithoutRepeatingTheEvent(
        AgentFailureCause cause,
        int attempts
    )
    {
        _agent.ThenFailUnseen(cause, "503 no model").ThenFailUnseen(cause, "503 no model");
        Start();
        var key = await PushAsync("a");

        var delivery = (await AdvanceUntilSettledAsync(key)).Deliveries[0];

        (delivery.State, delivery.Attempts).ShouldBe((DeliveryState.Completed, 2 * attempts));
        delivery.History.ShouldContain(h => h.State == DeliveryState.Injected && h.Note == "found in the transcript");
        (await PromptAsync()).ShouldContain("\"a\"");
        for (var i = 0; i < 2; i++)
            (await PromptAsync()).ShouldNotContain("\"a\"");
    }

    [Theory]
    [InlineData(AgentFailureCause.Turn)]
    [InlineData(AgentFailureCause.Outage)]
    public async Task Run_FailsUnseenAndTheTranscriptDoesNotHoldIt_IsToldAgainInFull(AgentFailureCause cause)
    {
        _agent.ThenFail(cause, "503 no model", delivered: false);
        Start();
        var key = await PushAsync("a");

        (await AdvanceUntilSettledAsync(key)).Deliveries[0].State.ShouldBe(DeliveryState.Completed);

        (await PromptAsync()).ShouldContain("\"a\"");
        (await PromptAsync()).ShouldContain("\"a\"");
    }

    [Theory]
    [InlineData(AgentFailureCause.Turn)]
    [InlineData(AgentFailureCause.Outage)]
    public async Task Run_FailsUnseenAndCannotBeAsked_IsDeadAsInterrupted(AgentFailureCause cause)
    {
        _agent = new ScriptedAgent(new ScriptedAgent.Transcript { CanBeAsked = false });
        _agent.ThenFailUnseen(cause, "503 no model");
        Start();

        var delivery = (await _store.SettledAsync(await PushAsync("a"))).Deliveries[0];

        (delivery.State, delivery.Reason).ShouldBe((DeliveryState.Dead, "interrupted"));
        delivery.History[^1].Note.ShouldBe("503 no model");
        await UntilAsync(() => _alarms.Open.Any(a => a.Name == "dead"));
    }

    [Fact]
    public async Task Run_OutageOfAnAgentThatCannotBeAsked_CostsOneEventATry()
    {
        _agent = new ScriptedAgent(new ScriptedAgent.Transcript { CanBeAsked = false });
        for (var i = 0; i < 3; i++)
            _agent.ThenFailUnseen(AgentFailureCause.Outage, "503 no model");
        var first = await PushAsync("first");
        Start();
        await _store.SettledAsync(first);
        for (var i = 0; i < 30; i++)
            await PushAsync($"e{i}");

        await AdvanceUntilAsync(() => _store.Store.Counts.Unfinished == 0);

        _store.Store.Counts.Dead.ShouldBe(3);
        for (var i = 0; i < 4; i++)
            (await PromptAsync()).ShouldStartWith("## 🔔 1 event(s)");
        (await PromptAsync()).ShouldStartWith("## 🔔 20 event(s)", customMessage: "it works again");
    }

    [Fact]
    public async Task Run_PromptTurnedAway_IsToldAgainWithoutAskingTheTranscript()
    {
        _agent = new ScriptedAgent(new ScriptedAgent.Transcript { CanBeAsked = false });
        _agent.ThenTurnAway(AgentFailureCause.Outage, "no login");
        Start();
        var key = await PushAsync("a");

        (await AdvanceUntilSettledAsync(key)).Deliveries[0].State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Run_SilentFromTheStart_IsStoppedAndGoesOnWithoutRepeatingTheEvent()
    {
        _agent.ThenHangUnseen();
        Start();
        var key = await PushAsync("a");
        (await PromptAsync()).ShouldContain("\"a\"");

        _time.Advance(Options.TurnDeadline);
        var delivery = (await AdvanceUntilSettledAsync(key)).Deliveries[0];

        (delivery.State, delivery.Attempts).ShouldBe((DeliveryState.Completed, 1));
        (await PromptAsync()).ShouldContain("goes on");
    }

    [Fact]
    public async Task Run_GatewayStopsInASilentTurn_TheNextStartAsksTheTranscript()
    {
        var transcript = new ScriptedAgent.Transcript();
        _agent = new ScriptedAgent(transcript);
        _agent.ThenHangUnseen();
        Start();
        var key = await PushAsync("a");
        await PromptAsync();

        await _stop.CancelAsync();
        _time.Advance(Options.DrainBudget);
        await _lane;

        (await _store.FindAsync(key)).Deliveries[0].State.ShouldBe(DeliveryState.Injecting, "nobody knows yet");
        using var again = new CancellationTokenSource();
        var second = new ScriptedAgent(transcript);
        var lane = Run(second, again.Token);
        (await _store.SettledAsync(key)).Deliveries[0].Attempts.ShouldBe(0);
        (await second.Prompts.ReadAsync()).Text.ShouldContain("goes on");
        await again.CancelAsync();
        await lane;
    }

    [Fact]
    public async Task Run_HandedOverInASilentTurn_TheTranscriptIsAskedBeforeItLetsGo()
    {
        _agent.ThenHangUnseen();
        Start();
        var key = await PushAsync("a");
        await PromptAsync();

        _gate.Set(open: false);
        _time.Advance(Options.DrainBudget);
        await _store.ReachedAsync(key, DeliveryState.Queued, times: 2);

        var delivery = (await _store.FindAsync(key)).Deliveries[0];
        delivery.State.ShouldBe(DeliveryState.Queued);
        delivery.History.ShouldContain(h => h.State == DeliveryState.Injected);
        delivery.History[^1].Note.ShouldBe("its session was handed over to a terminal");
    }
}
