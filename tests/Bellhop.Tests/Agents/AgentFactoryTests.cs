using Bellhop.Agents;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Agents;

public sealed class AgentFactoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Kind_AutoAndPiIsThere_IsPi()
    {
        _folder.Write("pi", "#!/bin/sh\n", executable: true);
        using var factory = Factory(AgentKind.Auto);
        factory.Kind.ShouldBe(AgentKind.Pi);
        factory.Notice.ShouldBeNull();
        factory.Create("gateway")!.Status.ShouldBe(new AgentStatus("pi", AgentPhase.Stopped));
    }

    [Fact]
    public void Kind_AutoAndNoPi_IsEchoAndSaysHowToGetPi()
    {
        using var factory = Factory(AgentKind.Auto);
        factory.Kind.ShouldBe(AgentKind.Echo);
        factory.Notice!.ShouldContain("npm install -g @earendil-works/pi-coding-agent");
    }

    [Fact]
    public void Create_None_IsNull()
    {
        using var factory = Factory(AgentKind.None);
        factory.Create("gateway").ShouldBeNull();
    }

    [Theory]
    [InlineData("## 1 event(s)\n\n- **[10:00:00] test** (manual)\n\nTake action", "echo: **[10:00:00] test** (manual)")]
    [InlineData("hello there", "echo: hello there")]
    public async Task Echo_Prompt_IsEchoed(string text, string answer)
    {
        using var factory = Factory(AgentKind.Echo);
        await using var agent = factory.Create("gateway")!;
        (await agent.EnsureReadyAsync(default)).ShouldBeNull();
        var signals = new List<TurnSignal>();
        await foreach (var signal in agent.PromptAsync(new Prompt(text, "x"), default))
            signals.Add(signal);
        signals[^1].ShouldBe(TurnSignal.Ended.Answered(answer));
        (await agent.ArrivedAsync("x", default)).ShouldBeOfType<Arrival.No>();
    }

    /// <summary>No package tells what runs behind a script; it is asked, after the start and beside the work.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Pi_BehindAWrapper_IsAskedForItsVersion()
    {
        var wrapper = _folder.Write(
            "wrapped",
            """
            #!/bin/sh
            [ "$1" = --version ] && { echo "pi 3.4.5-beta"; exit; }
            while read -r line; do
              id=${line#*\"id\":\"}
              echo "{\"type\":\"response\",\"id\":\"${id%%\"*}\",\"success\":true,\"data\":{\"model\":{\"provider\":\"p\",\"id\":\"m\"}}}"
            done
            """,
            executable: true
        );
        using var factory = new AgentFactory(
            new AgentOptions
            {
                Kind = AgentKind.Pi,
                Command = [wrapper],
                Cwd = _folder.Path,
                Home = _folder.File("home"),
                Env = new Dictionary<string, string> { ["PI_CODING_AGENT_DIR"] = _folder.File("person") },
            },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        await using var agent = factory.Create("gateway")!;

        (await agent.EnsureReadyAsync(default)).ShouldBeNull();
        while (agent.Status.Version is null)
            await Task.Yield();

        agent.Status.Version.ShouldBe("3.4.5-beta");
        agent.Status.Model.ShouldBe("p/m");
    }

    private AgentFactory Factory(AgentKind kind) =>
        new(
            new AgentOptions
            {
                Kind = kind,
                Home = _folder.File("home"),
                Env = new Dictionary<string, string> { ["PATH"] = _folder.Path },
            },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
}
