using Bellhop.Lanes;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Lanes;

/// <summary>A disk without room stops no lane: it waits, says so, and goes on where it was.</summary>
public sealed partial class LaneTests
{
    private FullDisk? _disk;

    [Theory]
    [InlineData(nameof(IEventStore.LeaseAsync), true)]
    [InlineData(nameof(IEventStore.InjectedAsync), false)]
    [InlineData(nameof(IEventStore.AnsweredAsync), true)]
    [InlineData(nameof(IEventStore.CompleteAsync), false)]
    public async Task Run_DiskFull_WaitsWithOneAlarmAndToldOnceItGoesOn(string write, bool isQuick)
    {
        _disk = FullDisk.Before(_store.Store);
        _disk.Fail(write, nameof(IEventStore.AnsweredAsync), nameof(IEventStore.CompleteAsync));
        var answers = new TaskCompletionSource();
        _agent.ThenWait(answers.Task, "on it");
        var key = await PushAsync("a");
        Start();
        if (!isQuick)
        {
            await UntilAsync(() => _time.NextTimerIn == TurnReceipt.Patience);
            _time.Advance(TurnReceipt.Patience);
        }
        answers.SetResult();

        await UntilAsync(() => _running.Status.Phase == "paused");
        await AdvanceUntilAsync(() => _disk.Refused > 3);

        var alarm = _alarms.Open.ShouldHaveSingleItem();
        alarm.Name.ShouldBe("store");
        alarm.Message.ShouldContain("nothing is lost");
        await UntilAsync(() =>
            _running.Status.Reason is { } reason && reason.Contains("disk is full", StringComparison.Ordinal)
        );
        (await _store.FindAsync(key)).IsSettled.ShouldBeFalse();

        _disk.Fail();
        var delivery = (await AdvanceUntilSettledAsync(key)).Deliveries.ShouldHaveSingleItem();

        (delivery.State, delivery.Attempts).ShouldBe((DeliveryState.Completed, 0));
        delivery.Replies.ShouldHaveSingleItem().Text.ShouldBe("on it");
        await PromptAsync();
        _agent.Prompts.TryRead(out _).ShouldBeFalse("the transcript held the prompt already");
        await UntilAsync(() => _alarms.Open.Count == 0);
    }

    [Fact]
    public async Task Run_NoRoomForAnAnswerButForTheNextLease_TheNextEventIsGivenOnce()
    {
        _disk = FullDisk.Before(_store.Store);
        _disk.Fail(nameof(IEventStore.AnsweredAsync), nameof(IEventStore.CompleteAsync));
        var answers = new TaskCompletionSource();
        _agent = new ScriptedAgent(new ScriptedAgent.Transcript { CanBeAsked = false });
        _agent.ThenWait(answers.Task, "on it");
        Start();
        await PushAsync("a");
        await PromptAsync();
        var next = await PushAsync("b");
        _disk.FailAfterTheNextLease();

        answers.SetResult();
        await UntilAsync(() => _running.Status.Phase == "paused");
        _disk.Fail();
        var delivery = (await AdvanceUntilSettledAsync(next)).Deliveries.ShouldHaveSingleItem();

        delivery.State.ShouldBe(DeliveryState.Completed, "nobody had told the agent, so there is nothing to ask it");
        delivery.History.ShouldContain(h => h.Note == "never begun: given again");
        (await PromptAsync()).ShouldContain("\"b\"");
        _agent.Prompts.TryRead(out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(nameof(IEventStore.AnsweredAsync), true)]
    [InlineData(nameof(IEventStore.InjectedAsync), false)]
    [InlineData(nameof(IEventStore.CompleteAsync), false)]
    public async Task Run_NoRoomForAnAnswerThatNoTranscriptHolds_IsWrittenOnceThereIs(string write, bool isQuick)
    {
        _disk = FullDisk.Before(_store.Store);
        _disk.Fail(write, nameof(IEventStore.AnsweredAsync));
        var transcript = new ScriptedAgent.Transcript();
        _agent = new ScriptedAgent(transcript);
        var answers = new TaskCompletionSource();
        _agent.ThenWait(answers.Task, "on it");
        var key = await PushAsync("a");
        Start();
        await PromptAsync();
        if (!isQuick)
        {
            await UntilAsync(() => _time.NextTimerIn == TurnReceipt.Patience);
            _time.Advance(TurnReceipt.Patience);
        }
        answers.SetResult();
        await UntilAsync(() => _running.Status.Phase == "paused");
        transcript.Forget(); // as of a command that has ended

        _disk.Fail();
        var delivery = (await AdvanceUntilSettledAsync(key)).Deliveries.ShouldHaveSingleItem();

        (delivery.State, delivery.Attempts).ShouldBe((DeliveryState.Completed, 0));
        delivery.Replies.ShouldHaveSingleItem().Text.ShouldBe("on it");
        _agent.Prompts.TryRead(out _).ShouldBeFalse("it ran to its end and its answer is known");
        await UntilAsync(() => _alarms.Open.Count == 0);
    }

    [Fact]
    public async Task Run_StoppedWhileTheDiskIsFull_EndsInOrder()
    {
        _disk = FullDisk.Before(_store.Store);
        _disk.Fail(nameof(IEventStore.LeaseAsync));
        Start();
        await UntilAsync(() => _running.Status.Phase == "paused");

        await _stop.CancelAsync();
        await _lane;

        _agent.Stopped.ShouldBeTrue();
    }
}
