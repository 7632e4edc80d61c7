using Bellhop.Agents;
using Bellhop.Events;
using Bellhop.Lanes;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Lanes;

/// <summary>What becomes of turns whose agent died, or whose gateway did.</summary>
public sealed partial class LaneTests
{
    [Fact]
    public async Task Run_AgentDiesAfterItsAnswer_TheTranscriptCompletesTheTurn()
    {
        _agent.ThenDieAnswered("done before I fell");
        Start();

        var receipt = await _store.SettledAsync(await PushAsync("a"));

        receipt.Deliveries[0].State.ShouldBe(DeliveryState.Completed);
        receipt.Deliveries[0].Replies[0].Text.ShouldBe("done before I fell");
    }

    [Fact]
    public async Task Run_AgentDiesInTheTurn_TheTurnGoesOnWithoutRepeatingTheEvent()
    {
        _agent.ThenFail(AgentFailureCause.Died, "killed");
        Start();
        var key = await PushAsync("a");

        var receipt = await AdvanceUntilSettledAsync(key);

        receipt.Deliveries[0].State.ShouldBe(DeliveryState.Completed);
        (await PromptAsync()).ShouldContain("\"a\"");
        (await PromptAsync()).ShouldContain("goes on");
    }

    [Fact]
    public async Task Run_AgentDiesWhileIdle_IsBroughtBackBeforeTheNextEvent()
    {
        Start();
        await UntilAsync(() => _agent.Starts == 1 && _running.Status.Phase == "idle");

        _agent.DieIdle();

        await UntilAsync(() => _agent.Starts == 2);
    }

    [Fact]
    public async Task Run_AgentDiesInEveryTurn_MostOfTheBacklogWaitsInsteadOfDying()
    {
        var keys = new List<Ulid>();
        for (var i = 0; i < 100; i++)
            keys.Add(await PushAsync($"e{i}"));
        for (var i = 0; i < 30; i++)
            _agent.ThenFail(AgentFailureCause.Died, "killed");
        Start();
        await AdvanceUntilAsync(() => _store.Store.Counts.Unfinished == 0 || _store.Store.Counts.Dead > 25);

        _store.Store.Counts.Dead.ShouldBeInRange(1, 25);
        (await _store.FindAsync(keys[^1])).Deliveries[0].State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Run_AgentDiesTwiceInTheTurn_IsQuarantinedInsteadOfKillingItAThirdTime()
    {
        _agent.ThenFail(AgentFailureCause.Died, "segfault").ThenFail(AgentFailureCause.Died, "segfault");
        Start();
        var key = await PushAsync("poison");

        var receipt = await AdvanceUntilSettledAsync(key);

        receipt.Deliveries[0].State.ShouldBe(DeliveryState.Dead);
        receipt.Deliveries[0].Reason.ShouldNotBeNull().ShouldStartWith("quarantined");
    }

    [Fact]
    public async Task Run_AgentDiesBeforeItTookThePrompt_IsToldAgainInFull()
    {
        _agent.ThenFail(AgentFailureCause.Died, "gone", delivered: false);
        Start();

        var receipt = await _store.SettledAsync(await PushAsync("a"));

        receipt.Deliveries[0].State.ShouldBe(DeliveryState.Completed);
        (await PromptAsync()).ShouldContain("\"a\"");
        (await PromptAsync()).ShouldContain("\"a\"");
    }

    [Fact]
    public async Task Run_AgentThatCannotBeAskedDies_IsDeadAsInterruptedAndReplayable()
    {
        _agent = new ScriptedAgent(new ScriptedAgent.Transcript { CanBeAsked = false });
        _agent.ThenFail(AgentFailureCause.Died, "killed");
        Start();
        var key = await PushAsync("a");

        var receipt = await _store.SettledAsync(key);
        receipt.Deliveries[0].State.ShouldBe(DeliveryState.Dead);

        await _store.Store.ReplayAsync(key.ToString(), null, default);
        (await _store.SettledAsync(key)).Deliveries[1].State.ShouldBe(DeliveryState.Completed);
    }

    [Fact]
    public async Task Run_AfterACrash_AsksTheTranscriptForEveryOpenTurn()
    {
        var transcript = new ScriptedAgent.Transcript();
        _agent = new ScriptedAgent(transcript);
        var keys = new[] { await PushAsync("arrived"), await PushAsync("answered"), await PushAsync("lost") };
        var one = new BatchLimits { MaxEvents = 1 };
        var turns = new List<TurnLease>();
        for (var i = 0; i < 3; i++)
            turns.Add(await _store.Store.LeaseAsync(SessionId.Gateway, one, default));
        transcript.Add(TurnMarker.For(turns[0].Turn), null);
        transcript.Add(TurnMarker.For(turns[1].Turn), "answered before the crash");

        Start();
        foreach (var key in keys)
            await _store.SettledAsync(key);

        (await _store.FindAsync(keys[1])).Deliveries[0].Replies[0].Text.ShouldBe("answered before the crash");
        var prompts = await PromptAsync() + await PromptAsync();
        prompts.ShouldContain("\"lost\"");
        prompts.ShouldContain($"Turn {turns[0].Turn} goes on");
        prompts.ShouldNotContain("\"arrived\"");
        prompts.ShouldNotContain("\"answered\"");
    }

    [Fact]
    public async Task Run_TranscriptForgotTheTurn_TellsTheEventsAgain()
    {
        var transcript = new ScriptedAgent.Transcript();
        _agent = new ScriptedAgent(transcript);
        _agent.ThenFail(AgentFailureCause.Turn, "empty reply");
        Start();
        var key = await PushAsync("a");
        await _store.ReachedAsync(key, DeliveryState.Queued, times: 2);

        transcript.Forget();
        await AdvanceUntilSettledAsync(key);

        (await PromptAsync()).ShouldContain("\"a\"");
        (await PromptAsync()).ShouldContain("\"a\"");
    }
}
