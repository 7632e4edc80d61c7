using System.Diagnostics;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>Heartbeats from cron: the skill's command in a shell, and the documented line under a real cron.</summary>
public sealed class CrontabTests
{
    /// <summary>What stands behind the five fields in the skill.</summary>
    private const string SkillCommand =
        """redis-cli LPUSH agent:events:main '{"id":"'$(uuidgen)'","type":"cron.heartbeat","source":"cron","payload":{},"ts":'$(date +%s000)'}' && redis-cli PUBLISH agent:notify:main '{"type":"cron.heartbeat"}'""";

    [Fact]
    public async Task SkillCommand_UnderShell_IsACompletedHeartbeat()
    {
        using var home = new GatewayHome().WithEcho();
        await using var gateway = await GatewayProcess.StartAsync(home);
        PathShims.Install(home, gateway);

        var result = await Cli.ShellAsync(SkillCommand, home.Environment);

        result.ExitCode.ShouldBe(0, result.All);
        await HeartbeatAsync(gateway, TimeSpan.FromSeconds(10));
    }

    /// <summary>Takes up to a minute: cron knows nothing shorter.</summary>
    [Fact]
    public async Task DocumentedLine_UnderRealCron_IsACompletedHeartbeat()
    {
        using var home = new GatewayHome().WithEcho();
        await using var gateway = await GatewayProcess.StartAsync(home);
        var line = DocumentedLines.After("docs/producers.md", "crontab").Single();
        line.ShouldStartWith("*/15 * * * * /usr/bin/redis-cli ");
        // Only when and where differ from what is documented: every minute, this gateway's port.
        var command = line["*/15 * * * * ".Length..]
            .Replace("/usr/bin/redis-cli", $"/usr/bin/redis-cli -p {gateway.RespPort}");

        using var cron = RealCron.Start($"* * * * * root {command}");

        await HeartbeatAsync(gateway, TimeSpan.FromSeconds(80));
    }

    private static async Task HeartbeatAsync(GatewayProcess gateway, TimeSpan atMost)
    {
        var key = await Wait.For(
            async () =>
                (await gateway.Api.GetAsync("/v1/events?state=completed"))
                    .Json.GetProperty("events")
                    .EnumerateArray()
                    .Where(e => e.GetProperty("type").GetString() == "cron.heartbeat")
                    .Select(e => e.GetProperty("key").GetString())
                    .FirstOrDefault(),
            "a completed heartbeat",
            atMost
        );
        var receipt = (await gateway.Api.FindAsync(key))!;
        receipt.Only.State.ShouldBe("completed", receipt.Text);
        Guid.TryParse(receipt.Id, out _).ShouldBeTrue($"uuidgen's id came through: {receipt.Text}");
    }

    /// <summary>A line in <c>/etc/cron.d</c> and a daemon to read it. Needs root, as the daemon does.</summary>
    private sealed class RealCron : IDisposable
    {
        private readonly string _table;
        private readonly Process? _daemon;

        private RealCron(string table, Process? daemon) => (_table, _daemon) = (table, daemon);

        public static RealCron Start(string line)
        {
            var program = Repository.Tool("cron");
            var table = $"/etc/cron.d/bellhop-test-{Environment.ProcessId}";
            try
            {
                File.WriteAllText(table, line + "\n");
            }
            catch (UnauthorizedAccessException e)
            {
                throw new MissingPartException($"A test of cron writes {table} and needs root: {e.Message}");
            }
            // One daemon at a time may run: where the machine has one, it reads our line too.
            var running = Processes
                .All()
                .Any(p => p.Command.Split(' ')[0] is "cron" or "/usr/sbin/cron" or "/usr/sbin/crond");
            return new RealCron(table, running ? null : Process.Start(Processes.Describe(program, ["-f"])));
        }

        public void Dispose()
        {
            File.Delete(_table);
            _daemon?.Kill();
            _daemon?.WaitForExit();
            _daemon?.Dispose();
        }
    }
}
