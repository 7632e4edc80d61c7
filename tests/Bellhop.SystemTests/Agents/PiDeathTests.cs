using System.Diagnostics;
using Bellhop.Agents;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Agents;

/// <summary>The real pi killed, stopped, orphaned: what its transcript then says, and that nothing is told twice.</summary>
public sealed class PiDeathTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Theory]
    [InlineData(New, true)]
    [InlineData(Old, false)] // 0.73.1 writes nothing before its first reply is complete
    public async Task Killed_InTheFirstReply_TheFileDecides(string generation, bool inFile)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();
        var prompt = Turns.NewPrompt("[[words:500]] [[gap:50]]");

        var end = await KilledAsync(agent, prompt, signal => signal is TurnSignal.TextDelta);

        end.Failure!.Cause.ShouldBe(AgentFailureCause.Died);
        end.Failure.Message.ShouldContain("signal 9");
        (await agent.ArrivedAsync(prompt.Marker, default)).ShouldBe(inFile ? new Arrival.Yes(null) : new Arrival.No());
        await agent.ReadyAsync();
        (await agent.SayAsync("[[reply:back]]")).End().Answer.ShouldBe("back");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Killed_InALaterReply_ThePromptIsInTheFile(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();
        (await agent.SayAsync("[[reply:first]]")).End().Answer.ShouldBe("first");
        var prompt = Turns.NewPrompt("[[words:500]] [[gap:50]]");

        await KilledAsync(agent, prompt, signal => signal is TurnSignal.TextDelta);

        (await agent.ArrivedAsync(prompt.Marker, default)).ShouldBe(new Arrival.Yes(null));
        await agent.ReadyAsync();
        (await agent.SayAsync("[[reply:back]]")).End().Answer.ShouldBe("back");
        (await agent.ArrivedAsync(prompt.Marker, default)).ShouldBe(new Arrival.Yes(null));
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Killed_InATool_TheToolDiesToo(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();
        var seconds = Random.Shared.Next(10_000, 99_999);
        var prompt = Turns.NewPrompt($$"""[[tool:bash {"command":"sleep {{seconds}}"}]]""");

        await KilledAsync(agent, prompt, signal => signal is TurnSignal.ToolCall && Starts($"sleep {seconds}"));

        IsRunning($"sleep {seconds}").ShouldBeFalse();
        (await agent.ArrivedAsync(prompt.Marker, default)).ShouldBe(new Arrival.Yes(null));
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Killed_AtRandomMoments_NoPromptStandsTwice(string generation)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var pi = new PiFixture(generation, model);
        await using var agent = pi.NewAgent();
        var markers = new List<string>();
        var deaths = 0;
        for (var i = 0; i < 8; i++)
        {
            var prompt = Turns.NewPrompt($"[[delay:10]] [[reply:answer {i}]]");
            markers.Add(prompt.Marker);
            for (var kill = true; await agent.ArrivedAsync(prompt.Marker, default) is not Arrival.Yes; kill = false)
            {
                await agent.ReadyAsync();
                var moment = kill ? random.Next(0, 150) : Timeout.Infinite;
                await using var killer = new Timer(_ => Kill(agent), null, moment, Timeout.Infinite);
                var end = (await agent.SayAsync(prompt)).End();
                deaths += end.Failure?.Cause == AgentFailureCause.Died ? 1 : 0;
            }
        }
        await agent.StopAsync(default);
        deaths.ShouldBeGreaterThan(0);
        foreach (var marker in markers)
            File.ReadLines(pi.Transcript)
                .Count(line => line.Contains("\"role\":\"user\"") && line.Contains(marker + "\""))
                .ShouldBe(1, marker);
    }

    [Theory]
    [InlineData(New, "[[hang]]")]
    [InlineData(Old, "[[hang]]")]
    [InlineData(New, "[[stall]] [[words:10]]")]
    [InlineData(Old, "[[stall]] [[words:10]]")]
    [InlineData(New, "[[status:503]]")]
    [InlineData(Old, "[[status:503]]")]
    [InlineData(New, "[[tool:bash {\"command\":\"sleep 600\"}]]")]
    [InlineData(Old, "[[tool:bash {\"command\":\"sleep 600\"}]]")]
    public async Task PromptAsync_Stopped_EndsSoonAndThePiWorksOn(string generation, string directive)
    {
        await using var pi = new PiFixture(generation, model);
        await using var agent = await pi.ReadyAgentAsync();
        var pid = agent.Status.Pid;
        using var stop = new CancellationTokenSource();
        TurnSignal? last = null;
        var clock = new Stopwatch();
        await foreach (var signal in agent.PromptAsync(Turns.NewPrompt(directive), stop.Token))
        {
            last = signal;
            if (signal is TurnSignal.Delivered)
            {
                clock.Start();
                stop.CancelAfter(TimeSpan.FromMilliseconds(600));
            }
        }
        last.ShouldBeOfType<TurnSignal.Ended>().Failure!.Cause.ShouldBe(AgentFailureCause.Stopped);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(6));
        agent.Status.Pid.ShouldBe(pid, "an abort should have been enough");
        (await agent.SayAsync("[[reply:on]]")).End().Answer.ShouldBe("on");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task EnsureReadyAsync_AnEarlierRunLeftItsPi_KillsItFirst(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using var orphan = await pi.ReadyAgentAsync();
        var seconds = Random.Shared.Next(10_000, 99_999);
        var prompt = Turns.NewPrompt($$"""[[tool:bash {"command":"sleep {{seconds}}"}]]""");
        await using var turn = orphan.PromptAsync(prompt, default).GetAsyncEnumerator();
        while (await turn.MoveNextAsync() && !(turn.Current is TurnSignal.ToolCall && Starts($"sleep {seconds}"))) { }

        await using var agent = pi.NewAgent();
        var arrival = await agent.ArrivedAsync(prompt.Marker, default);

        arrival.ShouldBe(new Arrival.Yes(null));
        IsRunning($"sleep {seconds}").ShouldBeFalse();
        IsRunning(pi.Transcript).ShouldBeFalse();
        await agent.ReadyAsync();
        (await agent.SayAsync("[[reply:mine]]")).End().Answer.ShouldBe("mine");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task EnsureReadyAsync_TornLastLine_LosesOnlyThatLine(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using (var first = await pi.ReadyAgentAsync())
        {
            (await first.SayAsync("[[reply:one]]")).End().Answer.ShouldBe("one");
        }
        File.AppendAllText(pi.Transcript, """{"type":"message","id":"deadbeef","parentId":"x","mess""");

        await using var agent = await pi.ReadyAgentAsync();
        var prompt = Turns.NewPrompt("[[reply:two]]");
        (await agent.SayAsync(prompt)).End().Answer.ShouldBe("two");
        (await agent.ArrivedAsync(prompt.Marker, default)).ShouldBe(new Arrival.Yes("two"));
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task EnsureReadyAsync_TornFirstLine_StartsAfresh(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        await using (var first = await pi.ReadyAgentAsync())
        {
            (await first.SayAsync("[[reply:one]]")).End().Answer.ShouldBe("one");
        }
        File.WriteAllText(pi.Transcript, """{"type":"session","versi""");

        await using var agent = await pi.ReadyAgentAsync();
        (await agent.SayAsync("[[reply:two]]")).End().Answer.ShouldBe("two");
    }

    private static async Task<TurnSignal.Ended> KilledAsync(IAgent agent, Prompt prompt, Func<TurnSignal, bool> when)
    {
        var killed = false;
        TurnSignal? last = null;
        await foreach (var signal in agent.PromptAsync(prompt, default))
        {
            last = signal;
            if (!killed && when(signal))
            {
                killed = true;
                Kill(agent);
            }
        }
        killed.ShouldBeTrue();
        return last.ShouldBeOfType<TurnSignal.Ended>();
    }

    private static void Kill(IAgent agent)
    {
        if (agent.Status.Pid is not { } pid)
            return;
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has just gone by itself. An exception in a timer would leave the test waiting for the timer for ever.
        }
    }

    /// <summary>Nothing tells when a grandchild has started, so it is looked for.</summary>
    private static bool Starts(string words) => SpinWait.SpinUntil(() => IsRunning(words), TimeSpan.FromSeconds(20));

    private static bool IsRunning(string words) => Processes.All().Any(p => p.Command.Contains(words));
}
