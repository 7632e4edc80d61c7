using System.Text.Json;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealAcp;

namespace Bellhop.SystemTests.Agents;

/// <summary>The built gateway with real agents behind ACP: what a producer's receipt says of them.</summary>
public sealed class AcpTests(FakeModel model) : IClassFixture<FakeModel>
{
    // qwen needs 5 s of processor time to come up, and more for its first turn.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(PiAcp, "pi-acp 0.0.34", "fake/fake-1")]
    [InlineData(Qwen, "qwen-code 0.15.10", "fake-1")]
    public async Task Event_AcrossARestart_IsAnsweredInTheSameSession(string agent, string version, string modelName)
    {
        using var home = new GatewayHome().WithAcp(agent, model);
        string session;
        await using (var gateway = await GatewayProcess.StartAsync(home))
        {
            (await AskAsync(gateway, "a1", "[[reply:one]]")).Only.Reply.ShouldBe("one");
            session = SessionOf(home);
            var lane = await LaneAsync(gateway);
            lane.GetProperty("agent").GetString().ShouldBe("acp");
            lane.GetProperty("agentVersion").GetString().ShouldBe(version);
            lane.GetProperty("model").GetString()!.ShouldContain(modelName);
            (await gateway.TerminateAsync()).ShouldBe(0);
        }

        await using var again = await GatewayProcess.StartAsync(home);
        (await AskAsync(again, "a2", "[[reply:two]]")).Only.Reply.ShouldBe("two");

        SessionOf(home).ShouldBe(session);
        var request = (await model.RequestsAsync())[^1];
        request
            .GetRawText()
            .ShouldContain("[[reply:one]]", customMessage: "the model still sees what was said before the restart");
    }

    [Theory]
    [InlineData(PiAcp)]
    [InlineData(Qwen)]
    public async Task Event_AgentKilledInTheTurn_IsToldOnceAndCompleted(string agent)
    {
        using var home = new GatewayHome().WithAcp(agent, model);
        await using var gateway = await GatewayProcess.StartAsync(home);
        (await AskAsync(gateway, "k0", "[[reply:before]]")).Only.State.ShouldBe("completed");
        var marker = $"payload-{Guid.NewGuid():N}";

        await PushAsync(gateway, "k1", $"{marker} [[words:400]] [[gap:50]]");
        await Wait.Until(async () => await StateAsync(gateway, "k1") == "injected", "the agent to begin", Patience);
        Processes.Signal((await gateway.Api.AgentPidAsync())!.Value, "KILL");
        var receipt = await gateway.Api.SettledAsync("k1", Patience);

        receipt.Only.State.ShouldBe("completed", receipt.Text);
        receipt.Only.Reply.ShouldNotContain("w1 w2", customMessage: "a reply that was cut short is none");
        receipt.Only.States.Count(s => s == "completed").ShouldBe(1);
        UserTexts((await model.RequestsAsync())[^1])
            .Count(text => text.Contains(marker))
            .ShouldBe(1, "the event stands once in the agent's conversation");
    }

    [Fact]
    public async Task Event_GatewayKilledInTheTurn_IsToldOnceAndCompleted()
    {
        using var home = new GatewayHome().WithAcp(PiAcp, model);
        var marker = $"payload-{Guid.NewGuid():N}";
        await using (var gateway = await GatewayProcess.StartAsync(home))
        {
            await PushAsync(gateway, "g1", $"{marker} [[words:400]] [[gap:50]]");
            await Wait.Until(async () => await StateAsync(gateway, "g1") == "injected", "the agent to begin", Patience);
            await gateway.KillAsync();
        }

        await using var again = await GatewayProcess.StartAsync(home);
        var receipt = await again.Api.SettledAsync("g1", Patience);

        receipt.Only.State.ShouldBe("completed", receipt.Text);
        receipt.Text.ShouldContain("cut short by a restart");
        UserTexts((await model.RequestsAsync())[^1]).Count(text => text.Contains(marker)).ShouldBe(1);
    }

    [Theory]
    [InlineData("deny", false)]
    [InlineData("allow", true)]
    public async Task Permission_Asked_PolicyDecidesAndTheTurnEnds(string permissions, bool runs)
    {
        using var home = new GatewayHome().WithAcp(Qwen, model, permissions);
        await using var gateway = await GatewayProcess.StartAsync(home);
        var file = home.Beside.Inside("work/made-by-the-tool");

        await model.ScriptAsync(
            """[[tool:run_shell_command {"command":"touch made-by-the-tool","is_background":false}]]"""
        );
        var receipt = await AskAsync(gateway, "p1", "make the file");

        receipt.Only.State.ShouldBe("completed", receipt.Text);
        receipt.Only.Reply.ShouldStartWith("tool said:");
        File.Exists(file).ShouldBe(runs);
    }

    [Fact]
    public async Task Event_ModelFailsBehindPiAcp_PausesTheLaneAndSpendsNoAttempt()
    {
        using var home = new GatewayHome().WithAcp(PiAcp, model);
        await using var gateway = await GatewayProcess.StartAsync(home);

        // pi tries each turn four times.
        await model.ScriptAsync([.. Enumerable.Repeat("[[status:503]]", 6), "[[reply:at last]]"]);
        var receipt = await AskAsync(gateway, "m1", "hello");

        receipt.Only.State.ShouldBe("completed", receipt.Text);
        receipt.Only.Attempts.ShouldBe(0, receipt.Text);
        receipt.Only.Reply.ShouldBe("at last");
    }

    [Theory]
    [InlineData(PiAcp, true)]
    [InlineData(Qwen, false)] // answers the cancel with an error, so its replay has to say whether it has the event
    public async Task Event_SilentModel_IsCancelledAtTheDeadline(string agent, bool staysUp)
    {
        using var home = new GatewayHome().WithAcp(agent, model);
        home.Set("BELLHOP__AGENT__TURNDEADLINE", "8s");
        home.Set("BELLHOP__RETRY__ATTEMPTS", "1");
        await using var gateway = await GatewayProcess.StartAsync(home);
        (await AskAsync(gateway, "d0", "[[reply:before]]")).Only.State.ShouldBe("completed");
        var pid = await gateway.Api.AgentPidAsync();

        var receipt = await AskAsync(gateway, "d1", "[[hang]]");

        receipt.Only.State.ShouldBe("dead", receipt.Text);
        receipt.Text.ShouldContain("no sign of life");
        (await AskAsync(gateway, "d2", "[[reply:after]]")).Only.Reply.ShouldBe("after");
        if (staysUp)
            (await gateway.Api.AgentPidAsync()).ShouldBe(pid, "a cancel should have been enough");
    }

    [Theory]
    [InlineData(PiAcp)]
    [InlineData(Qwen, Traits = ["Length", "long"])]
    public async Task Event_SilentModelAndATryMore_IsToldOnce(string agent)
    {
        using var home = new GatewayHome().WithAcp(agent, model);
        home.Set("BELLHOP__AGENT__TURNDEADLINE", "8s");
        await using var gateway = await GatewayProcess.StartAsync(home);
        (await AskAsync(gateway, "s0", "[[reply:before]]")).Only.State.ShouldBe("completed");
        var marker = $"payload-{Guid.NewGuid():N}";

        var receipt = await AskAsync(gateway, "s1", $"{marker} [[hang]]");

        receipt.Only.State.ShouldBe("completed", receipt.Text);
        receipt.Only.Attempts.ShouldBe(1, receipt.Text);
        await ShouldHoldOnceAsync(marker);
    }

    [Fact]
    public async Task Event_ModelErrorBehindQwen_IsToldOnce()
    {
        using var home = new GatewayHome().WithAcp(Qwen, model);
        await using var gateway = await GatewayProcess.StartAsync(home);
        (await AskAsync(gateway, "q0", "[[reply:before]]")).Only.State.ShouldBe("completed");
        var marker = $"payload-{Guid.NewGuid():N}";

        await model.ScriptAsync("[[status:400]]", "[[reply:at last]]");
        var receipt = await AskAsync(gateway, "q1", marker);

        receipt.Only.Reply.ShouldBe("at last", receipt.Text);
        receipt.Only.Attempts.ShouldBe(1, receipt.Text);
        await ShouldHoldOnceAsync(marker);
    }

    [Fact]
    public async Task Event_GatewayStoppedBeforeTheModelsFirstWord_IsToldOnce()
    {
        using var home = new GatewayHome().WithAcp(PiAcp, model);
        var marker = $"payload-{Guid.NewGuid():N}";
        await using (var gateway = await GatewayProcess.StartAsync(home))
        {
            await PushAsync(gateway, "r1", $"{marker} [[delay:60000]]");
            await Wait.Until(
                async () => (await model.RequestsAsync()).Any(r => r.GetRawText().Contains(marker)),
                "the agent to ask its model",
                Patience
            );
            (await gateway.TerminateAsync()).ShouldBe(0);
        }

        await using var again = await GatewayProcess.StartAsync(home);
        var receipt = await again.Api.SettledAsync("r1", Patience);

        receipt.Only.State.ShouldBe("completed", receipt.Text);
        await ShouldHoldOnceAsync(marker);
    }

    private async Task ShouldHoldOnceAsync(string marker) =>
        UserTexts((await model.RequestsAsync())[^1])
            .Count(text => text.Contains(marker))
            .ShouldBe(1, "the event stands once in the agent's conversation");

    private static async Task<EventReceipt> AskAsync(GatewayProcess gateway, string id, string text)
    {
        await PushAsync(gateway, id, text);
        return await gateway.Api.SettledAsync(id, Patience);
    }

    private static async Task PushAsync(GatewayProcess gateway, string id, string text)
    {
        var e = new
        {
            id,
            type = "test.acp",
            source = "system-test",
            payload = new { prompt = text },
            ts = 1_700_000_000_000,
        };
        (await gateway.Api.PushAsync(JsonSerializer.Serialize(e))).Status.ShouldBe(System.Net.HttpStatusCode.Accepted);
    }

    private static async Task<string?> StateAsync(GatewayProcess gateway, string id) =>
        (await gateway.Api.FindAsync(id))?.Only.State;

    private static async Task<JsonElement> LaneAsync(GatewayProcess gateway) =>
        (await gateway.Api.GetAsync("/v1/status")).Json.GetProperty("sessions")[0].GetProperty("lane");

    private static IEnumerable<string> UserTexts(JsonElement request) =>
        request
            .GetProperty("messages")
            .EnumerateArray()
            .Where(m => m.GetProperty("role").GetString() == "user")
            .Select(m => m.GetProperty("content").GetRawText());
}
