using Bellhop.Agents;

namespace Bellhop.Tests.Agents.Acp;

/// <summary>What a turn comes to, over a scripted peer.</summary>
public sealed class AcpTurnTests : IAsyncDisposable
{
    private AcpFixture _acp = new();

    public ValueTask DisposeAsync() => _acp.DisposeAsync();

    [Fact]
    public async Task PromptAsync_WholeTurn_SignalsInOrder()
    {
        var signals = await _acp.PlayAsync(peer =>
        {
            peer.Text("hm", "agent_thought_chunk");
            peer.Text("hm", "agent_thought_chunk");
            peer.Text("Let me look. ");
            peer.Update("tool_call", ""","toolCallId":"t1","title":"ls","status":"pending","rawInput":{"a":1}""");
            peer.Update("tool_call_update", ""","toolCallId":"t1","status":"in_progress" """);
            peer.Update(
                "tool_call_update",
                ""","toolCallId":"t1","status":"failed","content":[{"type":"content","content":{"type":"text","text":"no"}}]"""
            );
            peer.Text("It is ");
            peer.Text("done.");
        });

        signals[0].ShouldBe(new TurnSignal.Delivered());
        signals.OfType<TurnSignal.Delivered>().Count().ShouldBe(1);
        signals.OfType<TurnSignal.Notice>().ShouldHaveSingleItem().Text.ShouldBe("thinking");
        signals.OfType<TurnSignal.Alive>().Count().ShouldBeGreaterThan(1);
        var call = signals.OfType<TurnSignal.ToolCall>().ShouldHaveSingleItem();
        (call.Id, call.Name, call.Input.GetRawText()).ShouldBe(("t1", "ls", """{"a":1}"""));
        signals
            .OfType<TurnSignal.ToolResult>()
            .ShouldHaveSingleItem()
            .ShouldBe(new TurnSignal.ToolResult("t1", "ls", "no", true));
        signals[^1].ShouldBe(TurnSignal.Ended.Answered("It is done."), "what came before the tool call is no reply");
        _acp.Agent.Status.ShouldBe(new AgentStatus("acp", AgentPhase.Idle, 4711, "fake-agent 9.9.9", "fake/fake-1"));
    }

    [Theory]
    [InlineData("end_turn", "", AgentFailureCause.Turn, "empty reply")]
    [InlineData("end_turn", " \n", AgentFailureCause.Turn, "empty reply")]
    [InlineData("max_tokens", "", AgentFailureCause.Turn, "empty reply")]
    [InlineData("refusal", "I would rather not.", AgentFailureCause.Turn, "refused")]
    [InlineData("cancelled", "half", AgentFailureCause.Stopped, "cancelled")]
    [InlineData("max_turn_requests", "half", AgentFailureCause.Turn, "max_turn_requests")]
    [InlineData("a_reason_of_tomorrow", "half", AgentFailureCause.Turn, "a_reason_of_tomorrow")]
    public async Task PromptAsync_NoReply_SaysWhy(string reason, string text, AgentFailureCause cause, string words)
    {
        var signals = await _acp.PlayAsync(peer => peer.Text(text), $$"""{"stopReason":"{{reason}}"}""");

        var failure = signals[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!;
        failure.Cause.ShouldBe(cause);
        failure.Message.ShouldContain(words);
    }

    [Fact]
    public async Task PromptAsync_CutAtTheOutputLimit_IsAnAnswerAndSaysSo()
    {
        var signals = await _acp.PlayAsync(peer => peer.Text("w1 w2"), """{"stopReason":"max_tokens"}""");

        signals[^2].ShouldBeOfType<TurnSignal.Notice>().Text.ShouldContain("cut");
        signals[^1].ShouldBe(TurnSignal.Ended.Answered("w1 w2"));
    }

    [Fact]
    public async Task PromptAsync_SilentAfterItsLastTool_IsAnEmptyReply()
    {
        var signals = await _acp.PlayAsync(peer =>
        {
            peer.Text("Let me look.");
            peer.Update("tool_call_update", ""","toolCallId":"t","status":"completed" """);
        });

        signals[^1].ShouldBe(TurnSignal.Ended.Failed(AgentFailureCause.Turn, "empty reply"));
    }

    [Theory]
    [InlineData("""{"code":-32603,"message":"Internal error","data":{"details":"400 bad"}}""", AgentFailureCause.Turn)]
    [InlineData("""{"code":-32603,"message":"Internal error","data":{"details":"503 no"}}""", AgentFailureCause.Outage)]
    [InlineData(
        """{"code":-32603,"message":"Internal error","data":{"details":"Connection error."}}""",
        AgentFailureCause.Outage
    )]
    [InlineData("""{"code":-32602,"message":"Invalid params","data":"Unknown x"}""", AgentFailureCause.Turn)]
    [InlineData("""{"code":-32000,"message":"Please"}""", AgentFailureCause.Outage)]
    [InlineData("""{"code":-32603}""", AgentFailureCause.Turn)]
    public async Task PromptAsync_Error_SaysWhoseFault(string error, AgentFailureCause cause)
    {
        var (turn, id) = await _acp.BeginAsync();
        _acp.Peer.Fail(id, error);

        (await turn)[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(cause);
        (await _acp.PlayAsync(peer => peer.Text("back")))[^1].ShouldBe(TurnSignal.Ended.Answered("back"));
    }

    [Fact]
    public async Task PromptAsync_StrangeLinesAndOthersUpdates_AreIgnored()
    {
        var signals = await _acp.PlayAsync(peer =>
        {
            foreach (var line in new[] { "", "null", "[1]", "npm warn x", "{\"id\":", "{\"id\":7}", "{}", "\u0000" })
                peer.Say(line);
            peer.Say("""{"jsonrpc":"2.0","method":"_vendor/something","params":{"x":1}}""");
            peer.Say("""{"jsonrpc":"2.0","method":"session/update"}""");
            peer.Update("a_kind_of_tomorrow", ""","x":1""");
            peer.Update("available_commands_update", ""","availableCommands":[]""");
            peer.Update("agent_message_chunk", ""","content":{"type":"text","text":"not ours"}""", "s-other");
            peer.Update("agent_message_chunk", ""","content":{"type":"image","data":"" }""");
            peer.Text("cut \ud83d\udd14");
        });

        signals[^1].ShouldBe(TurnSignal.Ended.Answered("cut \U0001F514"));
    }

    [Fact]
    public async Task PromptAsync_ReplyWithoutEnd_IsNotKept()
    {
        var piece = new string('x', 1024 * 1024);
        var signals = await _acp.PlayAsync(peer =>
        {
            for (var i = 0; i < 5; i++)
                peer.Text(piece);
        });

        signals[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Message.ShouldContain("longer");
    }

    [Theory]
    [InlineData(AgentPermissions.Deny, "allow_once,reject_once", "reject_once", "denied")]
    [InlineData(AgentPermissions.Deny, "allow_always,allow_once,reject_always", null, "denied")]
    [InlineData(AgentPermissions.Allow, "allow_always,allow_once,reject_once", "allow_once", "gave")]
    [InlineData(AgentPermissions.Allow, "allow_always,reject_once", "reject_once", "denied")]
    [InlineData(AgentPermissions.Allow, "allow_once,allow_once,allow_once", null, "denied")]
    [InlineData(AgentPermissions.Allow, "", null, "denied")]
    public async Task Permission_Asked_PolicyAnswers(AgentPermissions policy, string kinds, string? chosen, string told)
    {
        await _acp.DisposeAsync();
        _acp = new AcpFixture(policy);
        var (turn, id) = await _acp.BeginAsync();

        _acp.Peer.AskLeave(0, kinds);
        var answer = await _acp.Peer.ToldAsync();
        answer.GetProperty("id").GetInt32().ShouldBe(0, "theirs, of their own kind");
        var outcome = answer.GetProperty("result").GetProperty("outcome");
        outcome.GetProperty("outcome").GetString().ShouldBe(chosen is null ? "cancelled" : "selected");
        if (chosen is not null)
            outcome.GetProperty("optionId").GetString().ShouldBe($"id-{chosen}");
        _acp.Peer.Text("went on");
        _acp.Peer.Respond(id, """{"stopReason":"end_turn"}""");

        var signals = await turn;
        signals.OfType<TurnSignal.Notice>().ShouldHaveSingleItem().Text.ShouldContain(told);
        signals[^1].ShouldBe(TurnSignal.Ended.Answered("went on"));
    }

    [Theory]
    [InlineData("fs/read_text_file")]
    [InlineData("terminal/create")]
    [InlineData("_vendor/ask")]
    public async Task Request_OfWhatIsNotOffered_IsMethodNotFound(string method)
    {
        await _acp.ReadyAsync();
        var offered = _acp.Peer.InitializeParams.GetProperty("clientCapabilities");
        offered.GetRawText().ShouldBe("""{"fs":{"readTextFile":false,"writeTextFile":false},"terminal":false}""");

        _acp.Peer.Say($$"""{"jsonrpc":"2.0","id":"r-1","method":"{{method}}","params":{ } }""");

        var answer = await _acp.Peer.ToldAsync();
        answer.GetProperty("id").GetString().ShouldBe("r-1");
        answer.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32601);
    }

    [Fact]
    public async Task PiAcp_ItsOwnRemarks_AreNoPartOfTheReply()
    {
        _acp.Peer.Name = "pi-acp";
        var signals = await _acp.PlayAsync(peer =>
        {
            peer.Text("banner\n");
            peer.Text("half a rep");
            peer.Text("Retrying (attempt 1/3, waiting 2s)...");
            peer.Text("the reply");
            peer.Text("Retry finished, resuming.");
        });

        signals.OfType<TurnSignal.Notice>().Count().ShouldBe(3);
        signals[^1].ShouldBe(TurnSignal.Ended.Answered("the reply"));
    }

    [Fact]
    public async Task PiAcp_NothingAfterItsRetries_IsTheModelsFault()
    {
        _acp.Peer.Name = "pi-acp";
        var signals = await _acp.PlayAsync(peer =>
        {
            peer.Text("Retrying (attempt 1/3, waiting 2s)...");
            peer.Text("Retry finished, resuming.");
        });

        signals[^1].ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Outage);
    }

    [Fact]
    public async Task OtherAgent_SameWords_AreItsReply()
    {
        var signals = await _acp.PlayAsync(peer => peer.Text("Retrying..."));

        signals[^1].ShouldBe(TurnSignal.Ended.Answered("Retrying..."));
    }
}
