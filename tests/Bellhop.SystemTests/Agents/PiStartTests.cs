using System.Text.Json;
using Bellhop.Agents;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Agents;

/// <summary>How the real pi comes up: logins, folders, extensions that ask.</summary>
public sealed class PiStartTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task EnsureReadyAsync_NoLoginAndNoModels_SaysTheMend(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        File.Delete(Path.Combine(pi.Person, "models.json"));
        File.Delete(Path.Combine(pi.Person, "settings.json"));
        await using var agent = pi.NewAgent();

        var failure = await agent.EnsureReadyAsync(default);

        failure!.Cause.ShouldBe(AgentFailureCause.Outage);
        failure.Message.ShouldContain("log in");
        agent.Status.Phase.ShouldBe(AgentPhase.Failed);
        agent.Status.Problem.ShouldBe(failure.Message);
        agent.Status.Pid.ShouldBeNull();
    }

    [Fact]
    public async Task EnsureReadyAsync_UnknownOption_SaysWhatPiSaid()
    {
        await using var pi = new PiFixture(New, model);
        pi.Options.Command = [.. pi.Options.Command, "--no-such-option"];
        await using var agent = pi.NewAgent();

        var failure = await agent.EnsureReadyAsync(default);

        failure!.Cause.ShouldBe(AgentFailureCause.Outage);
        failure.Message.ShouldContain("exit code 1");
        failure.Message.ShouldContain("--no-such-option");
    }

    [Fact]
    public async Task EnsureReadyAsync_NotInstalled_SaysWhatIsMissing()
    {
        await using var pi = new PiFixture(New, model);
        pi.Options.Command = ["no-such-program"];
        await using var agent = pi.NewAgent();

        var failure = await agent.EnsureReadyAsync(default);

        failure!.Cause.ShouldBe(AgentFailureCause.Outage);
        failure.Message.ShouldContain("'no-such-program' was not found on PATH");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task EnsureReadyAsync_PersonHasLogin_IsSharedAndSettingsAreNot(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        var auth = Path.Combine(pi.Person, "auth.json");
        await File.WriteAllTextAsync(auth, """{"fake":{"type":"api_key","key":"from-auth"}}""");
        await using var agent = await pi.ReadyAgentAsync();
        (await agent.SayAsync("[[reply:yes]]")).End().Answer.ShouldBe("yes");

        var ours = Path.Combine(pi.Options.Home, "agent/pi");
        new FileInfo(Path.Combine(ours, "auth.json")).LinkTarget.ShouldBe(auth);
        new FileInfo(Path.Combine(ours, "settings.json")).LinkTarget.ShouldBeNull();
        JsonDocument.Parse(await File.ReadAllTextAsync(auth)).RootElement.TryGetProperty("fake", out _).ShouldBeTrue();
        Directory.Exists(Path.Combine(pi.Person, "sessions")).ShouldBeFalse("sessions belong in our own folder");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task PromptAsync_ExtensionAsks_IsCancelledAtOnce(string generation)
    {
        await using var pi = new PiFixture(generation, model);
        var extension = pi.Folder.Write(
            "asks.ts",
            """
            export default function (pi: any) {
              pi.on("tool_call", async (event: any, ctx: any) => {
                ctx.ui.notify("about to run", "info");
                const ok = await ctx.ui.confirm("Run it?", "really");
                if (!ok) return { block: true, reason: "nobody agreed" };
              });
            }
            """
        );
        pi.Options.Command = [.. pi.Options.Command, "-e", extension];
        await using var agent = await pi.ReadyAgentAsync();

        var signals = await agent.SayAsync("[[tool:bash {\"command\":\"echo hi\"}]]");

        signals.OfType<TurnSignal.Notice>().ShouldContain(n => n.Text == "about to run");
        signals.OfType<TurnSignal.Notice>().ShouldContain(n => n.Text.Contains("Run it?"));
        signals.OfType<TurnSignal.ToolResult>().Single().IsError.ShouldBeTrue();
        signals.End().Answer!.ShouldContain("nobody agreed");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task EnsureReadyAsync_RunsInItsOwnSessionWithOurMarkOnly(string generation)
    {
        Environment.SetEnvironmentVariable("BELLHOP__AGENT__KIND", "pi");
        Environment.SetEnvironmentVariable("A_SECRET_OF_OURS", "hunter2");
        await using var pi = new PiFixture(generation, model);
        pi.Options.SecretVariables = ["A_SECRET_OF_OURS"];
        await using var agent = await pi.ReadyAgentAsync();

        var end = (await agent.SayAsync("[[tool:bash {\"command\":\"env; ps -o sid= -p $PPID\"}]]"))
            .OfType<TurnSignal.ToolResult>()
            .Single();

        end.Content.ShouldContain("BELLHOP_RUN=");
        end.Content.ShouldNotContain("BELLHOP__AGENT__KIND");
        end.Content.ShouldNotContain("hunter2");
        end.Content.TrimEnd().Split('\n')[^1].Trim().ShouldBe(agent.Status.Pid.ToString());
    }
}
