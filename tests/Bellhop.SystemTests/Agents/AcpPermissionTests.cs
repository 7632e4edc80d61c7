using System.Text.Json;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealAcp;

namespace Bellhop.SystemTests.Agents;

/// <summary>A real agent asks leave for a command, and a person answers at the command line of the built program.</summary>
public sealed class AcpPermissionTests(FakeModel model) : IClassFixture<FakeModel>, IDisposable
{
    // qwen needs 5 s of processor time to come up, and more for its first turn.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly GatewayHome _home = new GatewayHome().WithAcp(Qwen, model, "ask");

    private string Made => _home.Beside.Inside("work/made-by-the-tool");

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("allow", true, "asked leave for", "allowed")]
    [InlineData("deny", false, "asked leave for", "denied")]
    public async Task Asked_PersonAnswers_TheTurnEndsAsTheySaid(string word, bool runs, string asked, string settled)
    {
        await using var gateway = await GatewayProcess.StartAsync(_home);
        var id = await AskAsync(gateway, "p1");

        var list = await Cli.BellhopAsync(_home, "permissions");
        list.Output.ShouldContain(id, customMessage: list.All);
        list.Output.ShouldContain("made-by-the-tool");
        (await Cli.BellhopAsync(_home, "permissions", "show", id)).Output.ShouldContain("touch made-by-the-tool");
        var status = await Cli.BellhopAsync(_home, "status");
        status.Output.ShouldContain($"ALARM permission:{id}", customMessage: status.All);
        status.Output.ShouldContain($"bellhop permissions allow {id}");
        File.Exists(Made).ShouldBeFalse("nothing happens before the answer");

        (await Cli.BellhopAsync(_home, "permissions", word, id)).ExitCode.ShouldBe(0);
        var receipt = await gateway.Api.SettledAsync("p1", Patience);

        receipt.Only.State.ShouldBe("completed", receipt.Text);
        receipt.Only.Reply.ShouldStartWith("tool said:");
        receipt.Text.ShouldContain(asked);
        receipt.Text.ShouldContain($": {settled}\"");
        File.Exists(Made).ShouldBe(runs);
        (await Cli.BellhopAsync(_home, "permissions")).Output.ShouldBe("Nothing waits for a person.\n");
        var late = await Cli.BellhopAsync(_home, "permissions", "allow", id);
        (late.ExitCode, late.Error).ShouldBe((1, $"BH-4093: The permission request is settled already: {settled}.\n"));
        (await Cli.BellhopAsync(_home, "logs")).Output.ShouldNotContain("made-by-the-tool");
    }

    [Fact]
    [Trait("Length", "long")]
    public async Task Asked_NobodyAnswers_TheTurnWaitsLongerThanItsDeadlineAndGoesOnWithoutTheCall()
    {
        _home.Set("BELLHOP__AGENT__PERMISSIONTIMEOUT", "25s");
        _home.Set("BELLHOP__AGENT__TURNDEADLINE", "20s");
        await using var gateway = await GatewayProcess.StartAsync(_home);
        // On a busy machine its first turn alone takes longer than it takes to ask in the next.
        await PushAsync(gateway, "t0", "[[reply:awake]]");
        (await gateway.Api.SettledAsync("t0", Patience)).Only.State.ShouldBe("completed");
        await AskAsync(gateway, "t1");

        var receipt = await gateway.Api.SettledAsync("t1", Patience);

        receipt.Only.State.ShouldBe("completed", receipt.Text);
        receipt.Only.Attempts.ShouldBe(0, receipt.Text);
        receipt.Text.ShouldContain("denied, because nobody answered within 00:00:25");
        File.Exists(Made).ShouldBeFalse();
    }

    [Fact]
    public async Task Asked_GatewayStops_GoesOnAtTheNextStart()
    {
        await using (var gateway = await GatewayProcess.StartAsync(_home))
        {
            await AskAsync(gateway, "s1");
            (await gateway.TerminateAsync()).ShouldBe(0);
        }

        await using var again = await GatewayProcess.StartAsync(_home);
        var receipt = await again.Api.SettledAsync("s1", Patience);

        receipt.Only.State.ShouldBe("completed", receipt.Text);
        receipt.Only.Attempts.ShouldBe(0, receipt.Text);
        receipt.Text.ShouldContain("stopped with the gateway");
        (await Cli.BellhopAsync(_home, "permissions")).Output.ShouldBe("Nothing waits for a person.\n");
        File.Exists(Made).ShouldBeFalse();
    }

    [Fact]
    public async Task Asked_AgentDies_TheRequestGoesWithIt()
    {
        await using var gateway = await GatewayProcess.StartAsync(_home);
        var id = await AskAsync(gateway, "d1");

        Processes.Signal((await gateway.Api.AgentPidAsync())!.Value, "KILL");
        var receipt = await gateway.Api.SettledAsync("d1", Patience);

        receipt.Only.States.Count(s => s is "completed" or "dead").ShouldBe(1, receipt.Text);
        var late = await Cli.BellhopAsync(_home, "permissions", "allow", id);
        (late.ExitCode, late.Error).ShouldBe((1, "BH-4093: The permission request is settled already: cancelled.\n"));
        File.Exists(Made).ShouldBeFalse();
    }

    /// <summary>Pushes an event over which the agent wants to run a command; returns its request's id.</summary>
    private async Task<string> AskAsync(GatewayProcess gateway, string id)
    {
        await model.ScriptAsync(
            """[[tool:run_shell_command {"command":"touch made-by-the-tool","is_background":false}]]"""
        );
        await PushAsync(gateway, id, "make the file");
        return await Wait.For(
            async () =>
                (await gateway.Api.GetAsync("/v1/permissions?wait=30s"))
                    .Json.GetProperty("permissions")
                    .EnumerateArray()
                    .Select(p => p.GetProperty("id").GetString())
                    .SingleOrDefault(),
            "the agent to ask leave",
            Patience
        );
    }

    private static async Task PushAsync(GatewayProcess gateway, string id, string prompt)
    {
        var e = new
        {
            id,
            type = "test.acp",
            source = "system-test",
            payload = new { prompt },
            ts = 1_700_000_000_000,
        };
        await gateway.Api.PushAsync(JsonSerializer.Serialize(e));
    }
}
