using Bellhop.Agents;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Agents;

/// <summary>Turns of the real pi, of both generations, with every way a model misbehaves.</summary>
public sealed class PiTurnTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task PromptAsync_TurnWithTool_IsDeliveredAndAnswered(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();
        agent.Status.Model.ShouldBe("fake/fake-1");
        agent.Status.Phase.ShouldBe(AgentPhase.Idle);

        var signals = await agent.SayAsync("hello [[tool:bash {\"command\":\"echo hi\"}]]");

        signals[0].ShouldBeOfType<TurnSignal.Delivered>();
        signals.OfType<TurnSignal.Delivered>().Count().ShouldBe(1);
        signals.OfType<TurnSignal.ToolCall>().Single().Name.ShouldBe("bash");
        signals.OfType<TurnSignal.ToolResult>().Single().Content.ShouldBe("hi\n");
        string.Concat(signals.OfType<TurnSignal.TextDelta>().Select(d => d.Text)).ShouldBe("tool said: hi");
        signals.End().Answer.ShouldBe("tool said: hi");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task PromptAsync_ManyTurnsInARow_EachIsAnsweredOnce(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();

        for (var i = 0; i < 20; i++)
        {
            var prompt = Turns.NewPrompt($"[[reply:answer {i}]]");
            (await agent.SayAsync(prompt)).End().Answer.ShouldBe($"answer {i}");
            (await agent.ArrivedAsync(prompt.Marker, default)).ShouldBe(new Arrival.Yes($"answer {i}"));
        }
        (await agent.ArrivedAsync("turn 0-0 of Bellhop", default)).ShouldBeOfType<Arrival.No>();
    }

    [Theory]
    [InlineData(New, "[[status:400]]", AgentFailureCause.Turn)]
    [InlineData(Old, "[[status:400]]", AgentFailureCause.Turn)]
    [InlineData(New, "[[status:413]]", AgentFailureCause.Turn)]
    [InlineData(New, "[[status:401]]", AgentFailureCause.Outage)]
    [InlineData(Old, "[[status:401]]", AgentFailureCause.Outage)]
    [InlineData(New, "[[status:429]]", AgentFailureCause.Outage)]
    [InlineData(Old, "[[status:503]]", AgentFailureCause.Outage)]
    [InlineData(New, "[[status:529]]", AgentFailureCause.Outage)]
    [InlineData(Old, "[[status:529]]", AgentFailureCause.Outage)]
    [InlineData(New, "[[drop]] [[words:10]]", AgentFailureCause.Outage)]
    [InlineData(Old, "[[drop]] [[words:10]]", AgentFailureCause.Outage)]
    [InlineData(New, "[[empty]]", AgentFailureCause.Turn)]
    [InlineData(Old, "[[empty]]", AgentFailureCause.Turn)]
    [InlineData(New, "[[garbage]] [[words:6]]", AgentFailureCause.Turn)]
    public async Task PromptAsync_ModelFails_SaysWhoseFaultAndWorksOn(
        string generation,
        string directive,
        AgentFailureCause cause
    )
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();

        var end = (await agent.SayAsync($"fail {directive}")).End();

        end.Answer.ShouldBeNull();
        end.Failure!.Cause.ShouldBe(cause, end.Failure.Message);
        (await agent.SayAsync("[[reply:well again]]")).End().Answer.ShouldBe("well again");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task PromptAsync_ModelFailsTwice_WaitsForTheRetryAndAnswers(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();

        // 0.73.1 tries twice more inside its model client before it says anything.
        var times = generation == Old ? 4 : 2;
        var signals = await agent.SayAsync($"flaky {Guid.NewGuid()} [[status:500x{times}]]");

        signals.OfType<TurnSignal.Notice>().ShouldContain(n => n.QuietFor > TimeSpan.Zero);
        signals.End().Answer!.ShouldStartWith("echo: flaky");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task PromptAsync_LongReply_IsWhole(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();

        var signals = await agent.SayAsync("[[words:2000]]");

        var words = signals.End().Answer!.Split(' ');
        words.Length.ShouldBe(2000);
        words[^1].ShouldBe("w2000");
        string.Concat(signals.OfType<TurnSignal.TextDelta>().Select(d => d.Text)).ShouldBe(signals.End().Answer);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task PromptAsync_CutReply_IsAnsweredWithANotice(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();

        var signals = await agent.SayAsync("[[length]] [[words:6]]");

        signals.OfType<TurnSignal.Notice>().ShouldContain(n => n.Text.Contains("cut"));
        signals.End().Answer.ShouldBe("w1 w2 w3 w4 w5 w6");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task PromptAsync_OddCharacters_ComeBackAsTheyWere(string generation)
    {
        const string odd = "line\u2028sep \u2029 para \u0085 bell \U0001F514 quote \" back \\ end";
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();

        var prompt = Turns.NewPrompt($"[[reply:{odd}]]");
        (await agent.SayAsync(prompt)).End().Answer.ShouldBe(odd);
        (await agent.ArrivedAsync(prompt.Marker, default)).ShouldBe(new Arrival.Yes(odd));
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task PromptAsync_TextWithASlash_GoesToTheModel(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();

        (await agent.SayAsync("/compact now")).End().Answer!.ShouldStartWith("echo: /compact now");
    }
}
