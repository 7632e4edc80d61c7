using System.Text.Json;
using Bellhop.Agents;
using Bellhop.Agents.Pi;
using Bellhop.Agents.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Agents.Pi;

/// <summary>The agent over a pi of lines: what no real pi does on demand.</summary>
public sealed class PiAgentTests : IAsyncLifetime
{
    private static readonly Prompt Ask = new("do it\n\nturn 1", "turn 1");

    private readonly FakePi _pi = new();
    private readonly PiAgent _agent;

    public PiAgentTests() =>
        _agent = new PiAgent(
            _pi,
            new RestartPolicy(TimeProvider.System, () => 0),
            TimeSpan.FromMilliseconds(200),
            TimeProvider.System,
            NullLogger.Instance
        );

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task PromptAsync_WholeTurn_SignalsInOrder()
    {
        await ReadyAsync();
        var turn = SayAsync();
        var told = await _pi.ToldAsync();
        told.GetProperty("type").GetString().ShouldBe("prompt");
        told.GetProperty("message").GetString().ShouldBe(Ask.Text);
        told.GetProperty("streamingBehavior").GetString().ShouldBe("followUp");

        Receipt();
        _pi.Say("""{"type":"message_update","assistantMessageEvent":{"type":"text_delta","delta":"done"}}""");
        Settle("done");

        (await turn).ShouldBe([
            new TurnSignal.Delivered(),
            new TurnSignal.TextDelta("done"),
            TurnSignal.Ended.Answered("done"),
        ]);
        _agent.Status.ShouldBe(new AgentStatus("pi", AgentPhase.Idle, 4711, "9.9.9", "fake/fake-1"));
    }

    [Fact]
    public async Task PromptAsync_DuringATurn_Throws()
    {
        await ReadyAsync();
        var turn = SayAsync();
        await _pi.ToldAsync();
        _agent.Status.Phase.ShouldBe(AgentPhase.Busy);

        await Should.ThrowAsync<AgentException>(SayAsync());

        Receipt();
        Settle("done");
        (await turn)[^1].ShouldBe(TurnSignal.Ended.Answered("done"));
    }

    [Fact]
    public async Task PromptAsync_TextStartsWithASlash_IsNotACommand()
    {
        await ReadyAsync();
        var turn = SayAsync(Ask with { Text = "/new turn 1" });
        (await _pi.ToldAsync()).GetProperty("message").GetString().ShouldBe(" /new turn 1");
        Receipt();
        Settle("done");
        await turn;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task PromptAsync_ProcessDies_EndsWithItsLastWords(int phase)
    {
        await ReadyAsync();
        var turn = SayAsync();
        await _pi.ToldAsync();
        if (phase > 0)
            Receipt();
        if (phase > 1)
            _pi.Say("""{"type":"tool_execution_start","toolCallId":"t","toolName":"bash","args":{}}""");
        _pi.Die();

        var end = (await turn)[^1].ShouldBeOfType<TurnSignal.Ended>();

        end.Failure!.Cause.ShouldBe(AgentFailureCause.Died);
        end.Failure.Message.ShouldContain("out of memory");
        _agent.Status.Pid.ShouldBeNull();
        await ReadyAsync();
        _pi.Launches.ShouldBe(2);
    }

    [Fact]
    public async Task PromptAsync_DeadProcess_IsAnOutage()
    {
        await ReadyAsync();
        _pi.Die();
        await Eventually(() => _agent.Status.Pid is null);

        (await SayAsync())
            .ShouldHaveSingleItem()
            .ShouldBeOfType<TurnSignal.Ended>()
            .Failure!.Cause.ShouldBe(AgentFailureCause.Outage);
    }

    [Fact]
    public async Task PromptAsync_GarbageOnTheWire_IsSkipped()
    {
        await ReadyAsync();
        var turn = SayAsync();
        await _pi.ToldAsync();
        foreach (
            var line in new[]
            {
                "",
                "null",
                "[1]",
                "\"x\"",
                "Warning: something",
                "{\"type\":",
                "{\"type\":7}",
                "\u0000\u0001",
            }
        )
            _pi.Say(line);
        Receipt();
        Settle("done");
        (await turn)[^1].ShouldBe(TurnSignal.Ended.Answered("done"));
    }

    [Fact]
    public async Task PromptAsync_HalfAnEmoji_IsMended()
    {
        await ReadyAsync();
        var turn = SayAsync();
        await _pi.ToldAsync();
        Receipt();
        Settle("cut \\ud83d and \\ud83d\\udd14 and \\\\ud83d");
        (await turn)[^1].ShouldBe(TurnSignal.Ended.Answered("cut \ufffd and \U0001F514 and \\ud83d"));
    }

    [Fact]
    public async Task Dialog_AtAnyTime_IsCancelledAtOnce()
    {
        await ReadyAsync();
        foreach (var method in new[] { "select", "confirm", "input", "editor", "a_dialog_of_tomorrow" })
        {
            _pi.Say(
                $$"""{"type":"extension_ui_request","id":"d-{{method}}","method":"{{method}}","title":"T","message":"M?"}"""
            );
            var answer = await _pi.ToldAsync();
            answer.GetProperty("type").GetString().ShouldBe("extension_ui_response");
            answer.GetProperty("id").GetString().ShouldBe($"d-{method}");
            answer.GetProperty("cancelled").GetBoolean().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task PromptAsync_StoppedAfterTheReceipt_AbortsAndKeepsTheProcess()
    {
        await ReadyAsync();
        using var stop = new CancellationTokenSource();
        var turn = SayAsync(stop: stop.Token);
        await _pi.ToldAsync();
        Receipt();
        await Eventually(() => _agent.ArrivedAsync(Ask.Marker, default).Result is Arrival.Yes);
        await stop.CancelAsync();

        (await _pi.ToldAsync()).GetProperty("type").GetString().ShouldBe("clear_queue");
        var abort = await _pi.ToldAsync();
        abort.GetProperty("type").GetString().ShouldBe("abort");
        _pi.Say(
            $$"""{"type":"response","id":"{{abort.GetProperty("id").GetString()}}","command":"abort","success":true}"""
        );

        (await turn)[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Stopped);
        _pi.Kills.ShouldBe(0);
    }

    [Fact]
    public async Task PromptAsync_StoppedBeforeTheReceipt_KillsBecauseItMayStillBegin()
    {
        await ReadyAsync();
        using var stop = new CancellationTokenSource();
        var turn = SayAsync(stop: stop.Token);
        await _pi.ToldAsync();
        await stop.CancelAsync();

        (await turn)[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Stopped);
        _pi.Kills.ShouldBe(1);
        (await _agent.ArrivedAsync(Ask.Marker, default)).ShouldBeOfType<Arrival.No>();
    }

    [Fact]
    public async Task PromptAsync_ListenerLeavesInTheMiddle_Kills()
    {
        await ReadyAsync();
        await using (var signals = _agent.PromptAsync(Ask, default).GetAsyncEnumerator())
        {
            var first = signals.MoveNextAsync();
            await _pi.ToldAsync();
            Receipt();
            (await first).ShouldBeTrue();
        }
        _pi.Kills.ShouldBe(1);
    }

    [Fact]
    public async Task ArrivedAsync_OnlyInThisProcessesMind_IsYesWhileItLives()
    {
        await ReadyAsync();
        var turn = SayAsync();
        await _pi.ToldAsync();
        (await _agent.ArrivedAsync(Ask.Marker, default)).ShouldBeOfType<Arrival.No>();
        Receipt();
        Settle("done");
        await turn;
        (await _agent.ArrivedAsync(Ask.Marker, default)).ShouldBe(new Arrival.Yes(null));

        _pi.Die();
        await Eventually(() => _agent.Status.Pid is null);
        (await _agent.ArrivedAsync(Ask.Marker, default)).ShouldBeOfType<Arrival.No>();
    }

    [Fact]
    public async Task EnsureReadyAsync_NoUsableModel_IsAnOutageWithTheMend()
    {
        _pi.ModelId = "unknown";
        var failure = await _agent.EnsureReadyAsync(default);
        failure!.Cause.ShouldBe(AgentFailureCause.Outage);
        failure.Message.ShouldContain("log in");
        _pi.IsDead.ShouldBeTrue();
    }

    [Fact]
    public async Task EnsureReadyAsync_NoAnswer_IsKilledAndSaysSo()
    {
        _pi.Answers = false;
        (await _agent.EnsureReadyAsync(default))!.Message.ShouldContain("did not answer");
        _pi.IsDead.ShouldBeTrue();
    }

    [Fact]
    public async Task EnsureReadyAsync_CannotBeStarted_SaysWhy()
    {
        _pi.LaunchFault = new SpawnException("'pi' was not found on PATH.");
        (await _agent.EnsureReadyAsync(default))!.Message.ShouldBe("'pi' was not found on PATH.");
        _agent.Status.Phase.ShouldBe(AgentPhase.Failed);
        _pi.LaunchFault = null;
        await ReadyAsync();
        _agent.Status.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task EnsureReadyAsync_TwoAtOnce_StartOne()
    {
        await Task.WhenAll(ReadyAsync(), ReadyAsync());
        _pi.Launches.ShouldBe(1);
    }

    [Fact]
    public async Task StopAsync_Twice_IsFine()
    {
        await ReadyAsync();
        await _agent.StopAsync(default);
        await _agent.StopAsync(default);
        _agent.Status.ShouldBe(new AgentStatus("pi", AgentPhase.Stopped));
    }

    [Fact]
    public async Task StopAsync_CancelledInATurn_AsksNothingAndKills()
    {
        await ReadyAsync();
        await using var turn = _agent.PromptAsync(Ask, default).GetAsyncEnumerator();
        var next = turn.MoveNextAsync().AsTask();
        await _pi.ToldAsync();

        await _agent.StopAsync(new CancellationToken(canceled: true));

        _pi.IsDead.ShouldBeTrue();
        (await next).ShouldBeTrue();
        turn.Current.ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Died);
    }

    private async Task ReadyAsync() => (await _agent.EnsureReadyAsync(default)).ShouldBeNull();

    private void Receipt() =>
        _pi.Say(
            $$$"""{"type":"message_start","message":{"role":"user","content":{{{JsonSerializer.Serialize(Ask.Text)}}} }}"""
        );

    private void Settle(string answer)
    {
        _pi.Say(
            $$$"""{"type":"message_end","message":{"role":"assistant","stopReason":"stop","content":[{"type":"text","text":"{{{answer}}}"}]}}"""
        );
        _pi.Say("""{"type":"agent_settled","aborted":false}""");
    }

    private async Task<List<TurnSignal>> SayAsync(Prompt? prompt = null, CancellationToken stop = default)
    {
        await Task.Yield();
        var signals = new List<TurnSignal>();
        await foreach (var signal in _agent.PromptAsync(prompt ?? Ask, stop))
            signals.Add(signal);
        return signals;
    }

    private static async Task Eventually(Func<bool> condition) =>
        (await Task.Run(() => SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(10)))).ShouldBeTrue();
}
