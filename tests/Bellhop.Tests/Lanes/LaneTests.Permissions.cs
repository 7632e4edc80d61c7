using Bellhop.Agents;
using Bellhop.Lanes;
using Bellhop.Permissions;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Lanes;

/// <summary>A turn whose agent asks leave and waits for a person.</summary>
public sealed partial class LaneTests
{
    private static readonly PermissionQuestion Question = new(
        "rm -r",
        "execute",
        null,
        [
            new PermissionOption("yes", "Yes", PermissionOptionKind.AllowOnce),
            new PermissionOption("no", "No", PermissionOptionKind.RejectOnce),
        ]
    );

    [Fact]
    public async Task Run_AgentAsksLeave_WaitsPastTheTurnsDeadlineForAPerson()
    {
        _agent.ThenAsk(Question, SayWhatItWasToldAsync);
        Start();
        var key = await PushAsync("a");
        var request = await AskedAsync();
        (request.Session, request.Turn).ShouldBe(("gateway", _running.Status.Turn));

        _time.Advance(Options.TurnDeadline * 2);
        _permissions.Answer(request.Id, "allow").ShouldBeOfType<PermissionAnswer.Taken>();
        var delivery = (await _store.SettledAsync(key)).Deliveries[0];

        (delivery.State, delivery.Attempts, delivery.Replies[0].Text).ShouldBe((DeliveryState.Completed, 0, "yes"));
        delivery.History[^1].Note.ShouldBe("asked leave for \"rm -r\": allowed");
    }

    [Fact]
    public async Task Run_NobodyAnswers_TheCallIsDeniedAndTheReceiptSaysSo()
    {
        _agent.ThenAsk(Question, SayWhatItWasToldAsync);
        Start();
        var key = await PushAsync("a");
        await AskedAsync();

        _time.Advance(Options.PermissionTimeout);
        var delivery = (await _store.SettledAsync(key)).Deliveries[0];

        delivery.Replies[0].Text.ShouldBe("no");
        delivery
            .History[^1]
            .Note.ShouldBe("asked leave for \"rm -r\": denied, because nobody answered within 00:30:00");
    }

    [Fact]
    public async Task Run_SilentAfterTheAnswer_IsStoppedAtTheDeadline()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _agent.ThenAsk(
            Question,
            async (answer, stop) =>
            {
                await answer;
                told.SetResult();
                return await WhenStoppedAsync(stop);
            }
        );
        Start();
        var key = await PushAsync("a");
        var request = await AskedAsync();
        _time.Advance(Options.TurnDeadline * 2);
        _permissions.Answer(request.Id, "deny");
        await told.Task;
        // The silence is counted once the answer has been handed over.
        await UntilAsync(() => _time.NextTimerIn == Options.TurnDeadline);

        _time.Advance(Options.TurnDeadline);
        await _store.ReachedAsync(key, DeliveryState.Queued, times: 2);

        (await _store.FindAsync(key))
            .Deliveries[0]
            .History[^1]
            .Note!.ShouldContain("no sign of life for 00:10:00, after leave for a tool call was denied");
    }

    [Fact]
    public async Task Run_GatewayStopsWhileAsking_GivesTheTurnBackAtOnce()
    {
        _agent.ThenAsk(Question, async (_, stop) => await WhenStoppedAsync(stop));
        Start();
        var key = await PushAsync("a");
        await AskedAsync();

        await _stop.CancelAsync();
        await _lane; // no clock moves: the drain budget is for those who can still get somewhere

        _permissions.Open.ShouldBeEmpty();
        var delivery = (await _store.FindAsync(key)).Deliveries[0];
        (delivery.State, delivery.Attempts).ShouldBe((DeliveryState.Queued, 0));
    }

    [Fact]
    public async Task WhileAsking_GatewayStopsAlready_EndsTheTurn()
    {
        using var stopped = new CancellationTokenSource();
        using var deadline = new TurnDeadline(Options, _time, stopped.Token);
        await stopped.CancelAsync();

        using var asking = deadline.WhileAsking();

        deadline.Token.IsCancellationRequested.ShouldBeTrue();
        deadline.Expired.ShouldBeFalse();
    }

    [Fact]
    public async Task Run_AgentDiesWhileAsking_TheRequestGoesAndTheTurnIsContinued()
    {
        var die = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _agent.ThenAsk(
            Question,
            async (_, _) =>
            {
                await die.Task;
                return TurnSignal.Ended.Failed(AgentFailureCause.Died, "gone");
            }
        );
        Start();
        var key = await PushAsync("a");
        var request = await AskedAsync();

        die.SetResult();
        await UntilAsync(() => _permissions.Open is []);
        _permissions.Answer(request.Id, "allow").ShouldBe(new PermissionAnswer.TooLate(PermissionDecision.Cancelled));

        var receipt = await AdvanceUntilSettledAsync(key);
        receipt.Deliveries[0].State.ShouldBe(DeliveryState.Completed);
        await PromptAsync();
        (await PromptAsync()).ShouldContain("goes on");
    }

    [Fact]
    public async Task TurnPermissions_MoreThanAReceiptTells_AreCounted()
    {
        using var deadline = new TurnDeadline(Options, _time, CancellationToken.None);
        var turn = new TurnPermissions(_permissions, Make.Gateway, default, Options.PermissionTimeout, deadline);
        for (var i = 0; i < 7; i++)
        {
            turn.Ask(new TurnSignal.PermissionAsked(Question with { Title = $"t{i}" }, _ => Task.CompletedTask));
            _permissions.Answer(_permissions.Open[0].Id, "allow");
        }
        turn.Ask(new TurnSignal.PermissionAsked(Question, _ => Task.CompletedTask));
        await turn.EndAsync();

        turn.Note.ShouldStartWith("asked leave for \"t");
        turn.Note.ShouldEndWith("; and 2 more", customMessage: "what the end of the turn took away is no answer");
        turn.AnyDenied.ShouldBeFalse();
        _permissions.Open.ShouldBeEmpty();
    }

    private async Task<PermissionRequest> AskedAsync()
    {
        await UntilAsync(() => _permissions.Open is [_]);
        return _permissions.Open[0];
    }

    private static async Task<TurnSignal.Ended> SayWhatItWasToldAsync(Task<string> told, CancellationToken stop) =>
        TurnSignal.Ended.Answered(await told);

    private static async Task<TurnSignal.Ended> WhenStoppedAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
        return TurnSignal.Ended.Failed(AgentFailureCause.Stopped, "stopped");
    }
}
