using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;

namespace Bellhop.Tests.Cli.Rendering;

public sealed class BannerTests
{
    private static readonly LaneStatus Pi = new()
    {
        Session = "gateway",
        Phase = "idle",
        Since = default,
        Agent = "pi",
        AgentPhase = "idle",
        AgentVersion = "1.5.2",
        Model = "anthropic/x",
    };

    [Fact]
    public void Write_AgentThatWorks_NamesItsVersionAndModel() =>
        Write(Pi).ShouldContain("  agent           pi 1.5.2, idle, anthropic/x\n");

    [Fact]
    public void Write_AgentThatCannot_SaysWhyBeforeAnythingToTry()
    {
        var text = Write(Pi with { AgentPhase = "failed", Model = null, Problem = "pi has no usable model. Log in." });

        text.ShouldContain("  agent           pi 1.5.2, failed\n                  pi has no usable model. Log in.\n");
        text.IndexOf("no usable model").ShouldBeLessThan(text.IndexOf("Try it"));
    }

    [Fact]
    public void Write_NoAgent_SaysNone() => Write(null).ShouldContain("  agent           none\n");

    private static string Write(LaneStatus? agent)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var facts = new GatewayFacts("http://127.0.0.1:1", new BusStatus("embedded", null, "agent"), []);
        var banner = new Banner(new Paint(false), "bellhop");
        banner.Begin(writer, facts, new Home("/somewhere"), isFirst: false, TimeSpan.FromMilliseconds(200));
        banner.End(writer, facts, agent);
        return writer.ToString();
    }
}
