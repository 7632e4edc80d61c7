using System.Text.Json;
using Bellhop.Agents;
using Bellhop.Agents.Acp;
using Bellhop.Permissions;

namespace Bellhop.Tests.Agents.Acp;

/// <summary>What an agent asks leave for, where a person is asked.</summary>
public sealed class AcpPermissionTests : IAsyncDisposable
{
    private const string Kinds = "allow_always,allow_once,reject_once";

    private readonly AcpFixture _acp = new(AgentPermissions.Ask);

    public ValueTask DisposeAsync() => _acp.DisposeAsync();

    [Fact]
    public async Task Asked_Answered_TheAgentHearsItOnceAndGoesOn()
    {
        var (turn, id) = await _acp.BeginAsync();
        _acp.Peer.Text("Let me see.");
        _acp.Peer.AskLeave(7, Kinds);
        var asked = await _acp.Asked.Task;
        asked.Question.Title.ShouldBe("rm -r");
        asked.Question.Answers.ShouldBe(["allow", "deny", "id-allow_always", "id-allow_once", "id-reject_once"]);

        await asked.Answer(asked.Question.Allow);
        await asked.Answer(asked.Question.Deny);

        Outcome(await _acp.Peer.ToldAsync(), 7).ShouldBe("id-allow_once");
        _acp.Peer.Text("went on");
        _acp.Peer.Respond(id, """{"stopReason":"end_turn"}""");
        var signals = await turn;
        signals[^1].ShouldBe(TurnSignal.Ended.Answered("went on"));
        signals.OfType<TurnSignal.Notice>().ShouldBeEmpty();
        (await NextToldAsync()).GetProperty("method").GetString().ShouldBe("session/prompt", "no second answer");
    }

    [Fact]
    public async Task Asked_NoOptionTaken_IsCancelled()
    {
        var (_, _) = await _acp.BeginAsync();
        _acp.Peer.AskLeave(7, "allow_always");
        await (await _acp.Asked.Task).Answer(null);

        Outcome(await _acp.Peer.ToldAsync(), 7).ShouldBeNull();
    }

    [Fact]
    public async Task Asked_TurnIsStopped_IsCancelledAfterTheTurn()
    {
        using var stop = new CancellationTokenSource();
        var (turn, id) = await _acp.BeginAsync(stop.Token);
        _acp.Peer.AskLeave(7, Kinds);
        var asked = await _acp.Asked.Task;

        await stop.CancelAsync();

        (await _acp.Peer.ToldAsync()).GetProperty("method").GetString().ShouldBe("session/cancel");
        Outcome(await _acp.Peer.ToldAsync(), 7).ShouldBeNull();
        _acp.Peer.Respond(id, """{"stopReason":"cancelled"}""");
        (await turn)[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Stopped);
        await asked.Answer(asked.Question.Allow);
        (await NextToldAsync())
            .GetProperty("method")
            .GetString()
            .ShouldBe("session/prompt", "a yes that comes too late");
        _acp.Peer.Kills.ShouldBe(0);
    }

    [Fact]
    public async Task Asked_TurnEndsByItself_IsCancelled()
    {
        var (turn, id) = await _acp.BeginAsync();
        _acp.Peer.AskLeave(7, Kinds);
        await _acp.Asked.Task;
        _acp.Peer.Text("never mind");
        _acp.Peer.Respond(id, """{"stopReason":"end_turn"}""");

        Outcome(await _acp.Peer.ToldAsync(), 7).ShouldBeNull();
        (await turn)[^1].ShouldBe(TurnSignal.Ended.Answered("never mind"));
    }

    [Fact]
    public async Task Asked_AgentDies_TheTurnEndsAndALateAnswerHarmsNothing()
    {
        var (turn, _) = await _acp.BeginAsync();
        _acp.Peer.AskLeave(7, Kinds);
        var asked = await _acp.Asked.Task;
        _acp.Peer.Die();

        (await turn)[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Died);
        await asked.Answer(asked.Question.Allow);
        await _acp.RestartAsync();
        await asked.Answer(asked.Question.Allow);
    }

    [Theory]
    [InlineData(false, "s-1")]
    [InlineData(true, "s-other")]
    public async Task Asked_OutsideOfOurTurn_IsRefusedAtOnce(bool inTurn, string session)
    {
        await _acp.ReadyAsync();
        if (inTurn)
            await _acp.BeginAsync();
        _acp.Peer.AskLeave(7, Kinds, session: session);

        Outcome(await _acp.Peer.ToldAsync(), 7).ShouldBe("id-reject_once");
        _acp.Asked.Task.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Asked_CallThatWasToldBefore_HasItsTitle()
    {
        await _acp.BeginAsync();
        _acp.Peer.Update("tool_call", ""","toolCallId":"t","title":"edit a.txt" """);
        _acp.Peer.AskLeave(7, Kinds, """ "kind":"edit","content":[{"type":"diff","path":"a.txt"}] """);

        var question = (await _acp.Asked.Task).Question;
        (question.Title, question.Kind).ShouldBe(("edit a.txt", "edit"));
        question.Input.ShouldBe("""[{"type":"diff","path":"a.txt"}]""");
    }

    [Fact]
    public void Read_TextsWithoutEnd_AreBoundedAndShownAsData()
    {
        var question = Read(
            $$"""
            {"toolCall":{"title":"a\nb\u001b[2J{{new string('t', 5000)}}","kind":"{{new string('k', 500)}}",
            "rawInput":{"command":"{{new string('i', 50_000)}}\u202e"} },
            "options":[{"optionId":"o","name":"\u0007{{new string('n', 500)}}","kind":"allow_once"}]}
            """
        );

        question.Title.ShouldStartWith("a b [2Jttt");
        question.Title.Length.ShouldBe(300);
        question.Kind!.Length.ShouldBe(80);
        question.Input!.Length.ShouldBe(8000);
        question.Options[0].Name.Length.ShouldBe(80);
        question.Options[0].Name[0].ShouldBe(' ');
    }

    [Theory]
    [InlineData("{}", "a tool call")]
    [InlineData("""{"toolCall":{"kind":"execute"},"options":7}""", "execute")]
    [InlineData("""{"toolCall":[],"options":[1,{},{"optionId":3,"kind":"allow_once"}]}""", "a tool call")]
    [InlineData("""{"options":[{"optionId":"x","kind":"allow_tomorrow"}]}""", "a tool call")]
    [InlineData("""{"options":[{"optionId":"","kind":"allow_once"}]}""", "a tool call")]
    [InlineData("""{"options":[{"optionId":"a\u001b","kind":"allow_once"}]}""", "a tool call")]
    public void Read_Oddities_OfferNoOption(string request, string title)
    {
        var question = Read(request);
        question.Title.ShouldBe(title);
        question.Options.ShouldBeEmpty();
        question.Answers.ShouldBe(["deny"]);
    }

    [Fact]
    public void Read_MoreOptionsThanAnybodyReads_OffersNone()
    {
        var options = string.Join(
            ',',
            Enumerable.Range(0, 33).Select(i => $$"""{"optionId":"{{i}}","kind":"allow_always"}""")
        );
        Read($$"""{"options":[{{options}}]}""").Options.ShouldBeEmpty();
    }

    private static PermissionQuestion Read(string request) => AcpPermission.Read(JsonElement.Parse(request));

    /// <summary>The option's id; null for the outcome that takes none.</summary>
    private static string? Outcome(JsonElement told, int id)
    {
        told.GetProperty("id").GetInt32().ShouldBe(id);
        var outcome = told.GetProperty("result").GetProperty("outcome");
        if (outcome.GetProperty("outcome").GetString() == "selected")
            return outcome.GetProperty("optionId").GetString();
        outcome.GetRawText().ShouldBe("""{"outcome":"cancelled"}""");
        return null;
    }

    /// <summary>What the agent is told next, where the next prompt is all that should come.</summary>
    private async Task<JsonElement> NextToldAsync()
    {
        var next = _acp.Agent.PromptAsync(AcpFixture.Ask, default).GetAsyncEnumerator();
        var moved = next.MoveNextAsync().AsTask();
        var told = await _acp.Peer.ToldAsync();
        _acp.Peer.Die();
        while (await moved)
            moved = next.MoveNextAsync().AsTask();
        return told;
    }
}
