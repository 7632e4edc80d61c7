using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>The gateway-setup skill's own check, word for word, where nothing is installed and nothing configured.</summary>
public sealed class SkillCheckTests
{
    private const string Push =
        """redis-cli LPUSH agent:events:main '{"id":"test","type":"test","source":"manual","payload":{},"ts":0}'""";

    private const string Notify = "redis-cli PUBLISH agent:notify:main test";

    [Fact]
    public async Task Check_FreshHomeNoRedisNoPi_TraceShowsCompleted()
    {
        using var home = new GatewayHome().WithFreePorts();
        await using var gateway = await GatewayProcess.StartAsync(home);
        PathShims.Install(home, gateway);

        (await Cli.ShellAsync(Push, home.Environment)).Output.Trim().ShouldBe("1");
        (await Cli.ShellAsync(Notify, home.Environment)).ExitCode.ShouldBe(0);

        var receipt = await gateway.Api.SettledAsync("test");
        receipt.Only.Session.ShouldBe("gateway");
        receipt.Only.States.ShouldBe(["accepted", "queued", "injecting", "injected", "completed"], receipt.Text);
        receipt.Only.Reply.ShouldNotBeEmpty();

        var trace = await Cli.BellhopAsync(home, "trace", "test");
        trace.ExitCode.ShouldBe(0, trace.All);
        trace.Output.ShouldContain("completed");
    }

    [Fact]
    public async Task Check_RepeatedAtOnce_IsOneEvent()
    {
        using var home = new GatewayHome().WithFreePorts();
        await using var gateway = await GatewayProcess.StartAsync(home);
        PathShims.Install(home, gateway);

        await Cli.ShellAsync(Push, home.Environment);
        await Cli.ShellAsync(Push, home.Environment);

        var receipt = await gateway.Api.SettledAsync("test");
        receipt.Others.ShouldBe(0);
        receipt.Deliveries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Up_FreshHome_AsksNothingAndSaysWhereToLook()
    {
        using var home = new GatewayHome().WithFreePorts();
        await using var gateway = await GatewayProcess.StartAsync(home);

        await gateway.SaysAsync(gateway.Endpoints.Http);
        await gateway.SaysAsync("push");
        // No pi on PATH: the notice says how to get it.
        await gateway.SaysAsync("npm");
        File.Exists(Path.Combine(home.Path, "config.json")).ShouldBeTrue();
        File.GetUnixFileMode(Path.Combine(home.Path, "token")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
