using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>A changed configuration is taken over by the running program, or refused whole.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task File_SavedWithAFaultAndMended_StatusSaysSoMeanwhile()
    {
        using var home = Configure(new GatewayHome(), attempts: 3);
        await using var gateway = await GatewayProcess.StartAsync(home);

        Configure(home, attempts: 0);
        var alarm = await AlarmAsync(gateway);
        alarm.ShouldContain("retry.attempts = 0");
        (await gateway.Api.PushAsync("""{"type":"t","source":"test"}""")).Status.ShouldBe(
            System.Net.HttpStatusCode.Accepted
        );
        Configure(home, attempts: 4);

        await Wait.Until(async () => await StatusAsync(gateway, "alarms") is [], "the alarm to be over");
        gateway.Said.ShouldContain("retry.attempts = 0");
    }

    [Fact]
    public async Task Command_ChangesAndFaults_SaysEachAndExits78()
    {
        using var home = Configure(new GatewayHome(), attempts: 3);
        var target = BehindALink(home);
        await using var gateway = await GatewayProcess.StartAsync(home);

        File.WriteAllText(target, Text(attempts: 5).Replace("\"agent\":", "\"allowedHosts\":[\"box\"],\"agent\":"));
        var changed = await Cli.BellhopAsync(home, "config", "reload");
        changed.ExitCode.ShouldBe(0, changed.All);
        changed.Output.ShouldBe("allowedHosts, retry.attempts: taken over\n");

        File.WriteAllText(target, Text(attempts: 5, resp: "127.0.0.1:1"));
        (await Cli.BellhopAsync(home, "config", "reload")).Output.ShouldBe(
            "allowedHosts: taken over\nbus.resp: take effect at the next start\n"
        );
        (await Cli.BellhopAsync(home, "status")).Output.ShouldContain("bus.resp");

        File.WriteAllText(target, Text(attempts: 0, resp: "nowhere"));
        var refused = await Cli.BellhopAsync(home, "config", "reload");
        refused.ExitCode.ShouldBe(78, refused.All);
        refused.Error.ShouldContain("retry.attempts = 0");
        refused.Error.ShouldContain("bus.resp = \"nowhere\"");
    }

    [Fact]
    public async Task Sighup_NoTerminal_ReadsTheConfigurationAgainAndStaysUp()
    {
        using var home = Configure(new GatewayHome(), attempts: 3);
        var target = BehindALink(home);
        await using var gateway = await GatewayProcess.StartAsync(home);

        File.WriteAllText(target, Text(attempts: 0));
        Processes.Signal(gateway.Pid, "HUP");

        (await AlarmAsync(gateway)).ShouldContain("retry.attempts = 0");
        (await gateway.TerminateAsync()).ShouldBe(0, gateway.Said);
    }

    [Fact]
    public async Task Sighup_TerminalHungUp_StopsInOrder()
    {
        using var home = Configure(new GatewayHome(), attempts: 3);
        // 'script' gives what it runs a terminal; it takes that as one word.
        // Whoever runs the tests under nohup has the signal ignored, and so would its children.
        var heeding = $"{Repository.Tool("env")} --default-signal=HUP";
        var line = $"exec {heeding} {Repository.Tool("script")} -qec \"$*\" {home.Beside.Inside("screen")}";
        await using var gateway = await GatewayProcess.StartAsync(home, "/bin/sh", "-c", line, "sh");

        Processes.Signal(gateway.Pid, "HUP");

        (await gateway.ExitAsync()).ShouldBe(0, gateway.Said);
        home.ReadEndpoints().ShouldBeNull("it withdrew its endpoints");
    }

    private static GatewayHome Configure(GatewayHome home, int attempts)
    {
        File.WriteAllText(Path.Combine(home.Path, "config.json"), Text(attempts));
        return home;
    }

    private static string Text(int attempts, string resp = "127.0.0.1:0") =>
        $$$"""{"listen":"127.0.0.1:0","bus":{"resp":"{{{resp}}}"},"agent":{"kind":"echo"},"retry":{"attempts":{{{attempts}}}}}""";

    /// <summary>Puts the configuration where nobody watches, so that only who is told reads it again.</summary>
    private static string BehindALink(GatewayHome home)
    {
        var (config, target) = (Path.Combine(home.Path, "config.json"), home.Beside.Inside("elsewhere.json"));
        File.Move(config, target);
        File.CreateSymbolicLink(config, target);
        return target;
    }

    private static Task<string> AlarmAsync(GatewayProcess gateway) =>
        Wait.For(
            async () => (await StatusAsync(gateway, "alarms")).SingleOrDefault()?["message"]?.GetValue<string>(),
            "an alarm"
        );

    private static async Task<IReadOnlyList<JsonNode>> StatusAsync(GatewayProcess gateway, string list) =>
        [.. JsonNode.Parse((await gateway.Api.GetAsync("/v1/status")).Text)![list]!.AsArray().OfType<JsonNode>()];
}
