using Bellhop.Agents;
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

    private AgentFactory Factory(AgentKind kind) =>
        new(
            new AgentOptions
            {
                Kind = kind,
                Home = _folder["home"],
                Env = new Dictionary<string, string> { ["PATH"] = _folder.Path },
            },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
}
