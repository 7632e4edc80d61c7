using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>
/// The gateway-setup skill's verification checklist with our extension installed where the skill has its own: real Redis
/// or Valkey, real pi in tmux twice, the skill's own lines and its own <c>pushEvent</c>.
/// </summary>
public sealed class SkillChecklistTests(FakeModel model) : IClassFixture<FakeModel>
{
    private const string TestEvent = """{"id":"test","type":"test","source":"manual","payload":{},"ts":0}""";

    [Theory]
    [InlineData(New, "redis")]
    [InlineData(Old, "redis")]
    [InlineData(New, "valkey")]
    public async Task Checklist_TwoTerminals_EveryLineHolds(string generation, string server)
    {
        using var redis =
            server == "valkey" ? await PersistentRedis.StartValkeyAsync() : await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var installed = await Cli.RunAsync(Repository.Program, ["extension", "install"], person.EnvironmentWith());
        installed.ExitCode.ShouldBe(0, installed.All);

        // "Pi session starts and extension loads (check status bar for 🔗)"
        var central = await person.StartTerminalAsync(
            $"central-{generation}-{server}",
            generation,
            "",
            ("GATEWAY_ROLE", "central")
        );
        await central.ShowsAsync("🔗 connected · gateway");
        var satellite = await person.StartTerminalAsync($"satellite-{generation}-{server}", generation);
        await satellite.ShowsAsync($"🔗 connected · pid-{satellite.Pid}");
        await central.KeepAsync("1-loaded");

        // "Push a test event", "Event appears in pi session within seconds"
        (await person.BusAsync("LPUSH", "agent:events:main", TestEvent)).ShouldBe(["1"]);
        await person.BusAsync("PUBLISH", "agent:notify:main", "test");
        await central.ShowsAsync("test (manual)");
        await central.KeepAsync("2-test-event");

        // "Central session receives heartbeats, satellite sessions don't"
        await PushAsync(person, "await pushEvent(\"cron.heartbeat\", \"cron\", {});");
        await central.ShowsAsync("cron.heartbeat (cron)");

        // What a satellite started comes back to it, and to central; what nobody started to central only.
        await PushAsync(person, $"await pushEvent(\"loop.complete\", \"test\", {{}}, \"pid-{satellite.Pid}\");");
        await PushAsync(person, "await pushEvent(\"download.complete\", \"test\", {});");
        await satellite.ShowsAsync("loop.complete (test)");
        await central.ShowsAsync("loop.complete (test)");
        await central.ShowsAsync("download.complete (test)");
        await Wait.Until(async () => (await person.ReceiptsAsync()).Count == 2 * 5, "five deliveries and their ends");
        await central.KeepAsync("3-all");
        await satellite.KeepAsync("3-all");

        var seen = await satellite.CaptureAsync();
        seen.ShouldNotContain("cron.heartbeat");
        seen.ShouldNotContain("download.complete");
        seen.ShouldNotContain("test (manual)");
    }

    private static async Task PushAsync(TerminalFixture person, string call)
    {
        using var project = new NodeProject("ioredis5").With(
            "Published/push-event-sessions.ts",
            text =>
                $"import Redis from \"ioredis\";\nconst redis = new Redis({person.BusPort});\n{text}{call}\nredis.disconnect();\n"
        );
        await project.RunAsync("push-event-sessions.ts");
    }
}
