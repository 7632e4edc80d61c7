using System.Text;
using Bellhop.Agents;
using Bellhop.Agents.Pi;

namespace Bellhop.Tests.Agents.Pi;

/// <summary>The state machine against the recorded wire of both generations, and against what was never recorded.</summary>
public sealed class PiTurnTests
{
    private const string StateIdle =
        """{"type":"response","id":"ID-state","command":"get_state","success":true,"data":{"isStreaming":false,"isCompacting":false}}""";

    [Theory]
    [InlineData(
        "1.5.2-tool-turn",
        "hello [[tool:bash {\"command\":\"echo hi; sleep 0.2; echo there\"}]]",
        "tool said: hi\nthere"
    )]
    [InlineData("1.5.2-burst", "burst 0", "echo: burst 0")]
    [InlineData("1.5.2-retry", "flaky 1795209559 [[status:500x2]]", "echo: flaky 1795209559")]
    [InlineData(
        "1.5.2-errors",
        "line\u2028sep \u2029 para \U0001F514 end",
        "echo: line\u2028sep \u2029 para \U0001F514 end"
    )]
    [InlineData("0.73.1-burst", "burst 0", "echo: burst 0")]
    [InlineData(
        "0.73.1-errors",
        "line\u2028sep \u2029 para \U0001F514 end",
        "echo: line\u2028sep \u2029 para \U0001F514 end"
    )]
    public void Take_RecordedTurn_IsAnswered(string file, string prompt, string answer)
    {
        var (signals, turn) = Replay(file, prompt);

        signals[0].ShouldBeOfType<TurnSignal.Delivered>();
        signals.OfType<TurnSignal.Delivered>().Count().ShouldBe(1);
        turn.Ended.ShouldBe(TurnSignal.Ended.Answered(answer));
        string.Concat(signals.OfType<TurnSignal.TextDelta>().Select(d => d.Text)).ShouldBe(answer);
    }

    [Theory]
    [InlineData("1.5.2-netfail", "drop [[drop]] [[words:10]]", AgentFailureCause.Outage)]
    [InlineData("1.5.2-netfail", "garbage [[garbage]] [[words:6]]", AgentFailureCause.Turn)]
    [InlineData("1.5.2-netfail", "[[empty]]", AgentFailureCause.Turn)]
    [InlineData("1.5.2-abort", "long [[words:200]] [[gap:50]]", AgentFailureCause.Stopped)]
    [InlineData("0.73.1-abort", "long [[words:200]] [[gap:50]]", AgentFailureCause.Stopped)]
    [InlineData("0.73.1-abort", "toolhang [[tool:bash {\"command\":\"sleep 30\"}]]", AgentFailureCause.Stopped)]
    [InlineData("0.73.1-retry_abort", "always fails 2 [[status:503]]", AgentFailureCause.Outage)]
    [InlineData("0.73.1-retry_abort", "unauth [[status:401]]", AgentFailureCause.Outage)]
    public void Take_RecordedFailure_SaysWhoseFault(string file, string prompt, AgentFailureCause cause)
    {
        var (_, turn) = Replay(file, prompt);

        turn.Ended!.Answer.ShouldBeNull();
        turn.Ended.Failure!.Cause.ShouldBe(cause, turn.Ended.Failure.Message);
    }

    [Fact]
    public void Take_Retry_AnnouncesTheSilence()
    {
        var (signals, _) = Replay("1.5.2-retry", "flaky 1795209559 [[status:500x2]]");

        signals
            .OfType<TurnSignal.Notice>()
            .Where(n => n.QuietFor > TimeSpan.Zero)
            .Select(n => n.QuietFor.TotalSeconds)
            .ShouldBe([2, 4]);
    }

    [Fact]
    public void Take_CutReply_IsAnsweredWithANotice()
    {
        var (signals, turn) = Replay("1.5.2-netfail", "length [[length]] [[words:6]]");

        turn.Ended!.Answer.ShouldBe("w1 w2 w3 w4 w5 w6");
        signals[^1].ShouldBeOfType<TurnSignal.Notice>().Text.ShouldContain("cut");
    }

    [Fact]
    public void Take_Thinking_IsNotPartOfTheAnswer()
    {
        var prompt = new RecordedWire("1.5.2-think").Prompts.First().Text;
        var (signals, turn) = Replay("1.5.2-think", prompt);

        signals.ShouldContain(new TurnSignal.Notice("thinking"));
        turn.Ended!.Answer.ShouldBe(string.Concat(signals.OfType<TurnSignal.TextDelta>().Select(d => d.Text)));
    }

    [Fact]
    public void Take_SettledBeforeTheReceipt_MeansNothing()
    {
        var turn = new PiTurn("ID", "marker", settles: true);

        Feed(turn, """{"type":"agent_settled","aborted":false}""").ShouldBeEmpty();
        Feed(turn, Assistant("stop", "somebody else's")).ShouldBeEmpty();
        turn.Ended.ShouldBeNull();
        Feed(turn, User("our marker")).ShouldHaveSingleItem().ShouldBeOfType<TurnSignal.Delivered>();
        Feed(turn, """{"type":"agent_settled"}""");
        turn.Ended!.Failure!.Message.ShouldBe("empty reply");
    }

    [Fact]
    public void Take_OldPiEndsARun_OnlyAQuietStateEndsTheTurn()
    {
        var turn = Delivered(settles: false);
        Feed(turn, Assistant("stop", "done"));
        Feed(turn, """{"type":"agent_end"}""");
        turn.WantsState.ShouldBeTrue();
        turn.Ended.ShouldBeNull();

        turn.WantsState = false;
        Feed(turn, StateIdle.Replace("\"isStreaming\":false", "\"isStreaming\":true", StringComparison.Ordinal));
        turn.WantsState.ShouldBeTrue("it is still winding down");
        Feed(turn, StateIdle);
        turn.Ended.ShouldBe(TurnSignal.Ended.Answered("done"));
    }

    [Theory]
    [InlineData("""{"type":"auto_retry_start","attempt":1,"maxAttempts":3,"delayMs":2000,"errorMessage":"503"}""")]
    [InlineData("""{"type":"compaction_start","reason":"threshold"}""")]
    public void Take_OldPiGoesOnAfterARun_IsNotTheEnd(string goesOn)
    {
        var turn = Delivered(settles: false);
        Feed(turn, Assistant("error", "", "503 busy"));
        Feed(turn, """{"type":"agent_end"}""");
        Feed(turn, goesOn)
            .ShouldHaveSingleItem()
            .ShouldBeOfType<TurnSignal.Notice>()
            .QuietFor.ShouldBeGreaterThan(TimeSpan.Zero);
        Feed(turn, StateIdle);
        turn.Ended.ShouldBeNull();

        Feed(turn, """{"type":"agent_start"}""");
        Feed(turn, Assistant("stop", "after all"));
        Feed(turn, """{"type":"agent_end"}""");
        Feed(turn, StateIdle);
        turn.Ended.ShouldBe(TurnSignal.Ended.Answered("after all"));
    }

    [Fact]
    public void Take_OldPiCompactsAfterTheReply_EndsWithTheCompaction()
    {
        var turn = Delivered(settles: false);
        Feed(turn, Assistant("stop", "done"));
        Feed(turn, """{"type":"agent_end"}""");
        Feed(turn, """{"type":"compaction_start","reason":"threshold"}""");
        Feed(turn, StateIdle);
        turn.IsCompacting.ShouldBeTrue();
        turn.Ended.ShouldBeNull();

        Feed(turn, """{"type":"compaction_end","reason":"threshold","aborted":false,"willRetry":false}""");
        Feed(turn, StateIdle);
        turn.Ended.ShouldBe(TurnSignal.Ended.Answered("done"));
    }

    [Theory]
    [InlineData(
        """{"type":"response","id":"ID","command":"prompt","success":false,"error":"No API key found for the selected model."}""",
        AgentFailureCause.Outage
    )]
    [InlineData(
        """{"type":"response","command":"prompt","success":false,"error":"Cannot read properties of undefined"}""",
        AgentFailureCause.Turn
    )]
    [InlineData(
        """{"type":"response","command":"parse","success":false,"error":"Failed to parse command"}""",
        AgentFailureCause.Turn
    )]
    [InlineData(
        """{"type":"response","id":"ID","command":"prompt","success":true,"data":{"disposition":"handled"}}""",
        AgentFailureCause.Turn
    )]
    public void Take_PromptIsRefused_EndsTheTurn(string refusal, AgentFailureCause cause)
    {
        var turn = new PiTurn("ID", "marker", settles: false);
        Feed(turn, refusal);
        turn.Ended!.Failure!.Cause.ShouldBe(cause);
    }

    [Fact]
    public void Take_OthersMessageAfterOurAnswer_DoesNotChangeIt()
    {
        var turn = Delivered(settles: true);
        Feed(turn, Assistant("stop", "ours"));
        Feed(turn, """{"type":"message_start","message":{"role":"custom","content":"from an extension"}}""");
        Feed(turn, Assistant("error", "", "503"));
        Feed(turn, """{"type":"agent_settled"}""");
        turn.Ended.ShouldBe(TurnSignal.Ended.Answered("ours"));
    }

    [Theory]
    [InlineData("""{"type":"a_word_of_tomorrow","x":1}""")]
    [InlineData("""{"type":"message_update"}""")]
    [InlineData("""{"type":"tool_execution_end"}""")]
    [InlineData("""{"type":"message_start","message":"not an object"}""")]
    [InlineData("""{"type":"response"}""")]
    public void Take_WhatNobodyKnows_ChangesNothing(string record)
    {
        var turn = Delivered(settles: true);
        Feed(turn, record);
        turn.Ended.ShouldBeNull();
    }

    private static (List<TurnSignal> Signals, PiTurn Turn) Replay(string file, string prompt)
    {
        var wire = new RecordedWire(file);
        var turn = new PiTurn(wire.Prompts.First(given => given.Text == prompt).Id, prompt, settles: false);
        var signals = new List<TurnSignal>();
        foreach (var record in wire.After(prompt))
        {
            // The recording client did not ask; pi answers behind everything that it says in the same tick.
            var sameTick = record.Type is "auto_retry_start" or "auto_retry_end" or "compaction_start";
            if (turn.WantsState && !sameTick)
                signals.AddRange(Feed(turn, StateIdle.Replace("ID-state", turn.StateId, StringComparison.Ordinal)));
            turn.WantsState &= sameTick;
            if (turn.Ended is null)
                signals.AddRange(turn.Take(record));
            if (turn.Ended is not null)
                break;
        }
        if (turn.WantsState)
            signals.AddRange(Feed(turn, StateIdle.Replace("ID-state", turn.StateId, StringComparison.Ordinal)));
        return (signals, turn);
    }

    private static PiTurn Delivered(bool settles)
    {
        var turn = new PiTurn("ID", "marker", settles);
        Feed(turn, """{"type":"agent_start"}""");
        Feed(turn, User("our marker"));
        return turn;
    }

    private static string User(string text) =>
        $$$"""{"type":"message_start","message":{"role":"user","content":[{"type":"text","text":"{{{text}}}"}]}}""";

    private static string Assistant(string stop, string text, string error = "") =>
        $$$"""{"type":"message_end","message":{"role":"assistant","stopReason":"{{{stop}}}","errorMessage":"{{{error}}}","content":[{"type":"text","text":"{{{text}}}"}]}}""";

    private static IReadOnlyList<TurnSignal> Feed(PiTurn turn, string json)
    {
        PiJson.TryRead<PiRecord>(Encoding.UTF8.GetBytes(json), out var record).ShouldBeTrue();
        return [.. turn.Take(record)];
    }
}
