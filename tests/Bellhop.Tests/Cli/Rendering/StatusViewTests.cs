using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics;

namespace Bellhop.Tests.Cli.Rendering;

public class StatusViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Write_Alarm_StandsBeforeEverythingElse()
    {
        var lines = Write(Status([new Alarm("agent:gateway", "pi cannot start. Log in.", Now.AddMinutes(-4))]))
            .Split('\n');

        lines[0].ShouldBe("Bellhop 0.1.0 is ready, up 3 h (pid 7)");
        lines[1].ShouldBe("ALARM agent:gateway, 4 min ago: pi cannot start. Log in.");
    }

    [Fact]
    public void Write_PausedLane_SaysWhyAndWhenItTriesAgain()
    {
        var text = Write(Status([]));

        text.ShouldContain("gateway  central\n");
        text.ShouldContain("waiting  5, in turn 1, oldest 3 min\n");
        text.ShouldContain("waiting  0, in turn 0, 1 until it is seen\n");
        text.ShouldContain("lane     paused since 30 s: 429 from the model, tries again in 20 s\n");
        text.ShouldContain("agent    pi 1.5.2, failed, anthropic/x, pid 9\n");
        text.ShouldContain("no model. Run pi once.");
        text.ShouldContain("dead letters    2   see 'bellhop dead list'");
        text.ShouldContain("pid-3  satellite, never seen\n");
    }

    [Fact]
    public void Write_SixtyColumns_FoldsEveryLineUnderItsValue()
    {
        var status = Status([
            new Alarm(
                "agent:gateway",
                "The agent of gateway cannot work: pi has no usable model. Its events wait; nothing is lost.",
                Now.AddMinutes(-4)
            ),
            new Alarm("config", "It has 2 faults:\n  listen = 1: bad\n  bus.kind: bad", Now),
        ]) with
        {
            Notices = ["A Redis is on 127.0.0.1:6379, so the Redis protocol is spoken on 127.0.0.1:6380."],
        };

        var lines = Write(status, 60).Split('\n');

        lines.ShouldAllBe(line => line.Length <= 60);
        var text = string.Join('\n', lines);
        text.ShouldContain("ALARM agent:gateway, 4 min ago: The agent of gateway cannot\n      work: pi has no usable");
        text.ShouldContain("ALARM config, now: It has 2 faults:\n      listen = 1: bad\n      bus.kind: bad\n");
        text.ShouldContain("\n      spoken on 127.0.0.1:6380.\n");
        text.ShouldContain("lane     paused since 30 s: 429 from the model, tries\n           again in 20 s\n");
    }

    [Fact]
    public void Write_TerminalSession_SaysWhoHoldsItAndHowOldTheLeaseIs()
    {
        var held = Session("pid-3", "satellite", true) with
        {
            Holder = new HolderStatus
            {
                Kind = "pi-terminal",
                Host = "box",
                Pid = 3,
                Cwd = "/work",
                State = "busy",
                Model = "anthropic/x",
                RenewedAt = Now.AddSeconds(-4),
            },
        };
        var text = Write(Status([]) with { Sessions = [Session("gateway", "central", true), held] });

        text.ShouldContain("gateway  central\n  waiting  0, in turn 0\n  held by  nobody\n");
        text.ShouldContain("held by  pi-terminal, pid 3 on box, busy, anthropic/x, /work, lease renewed 4 s ago\n");
    }

    private static string Write(GatewayStatus status, int? width = null)
    {
        var writer = new StringWriter { NewLine = "\n" };
        new StatusView(new Paint(false), Now, width).Write(writer, status);
        return writer.ToString();
    }

    private static GatewayStatus Status(IReadOnlyList<Alarm> alarms) =>
        new()
        {
            Version = "0.1.0",
            Pid = 7,
            Phase = "ready",
            StartedAt = Now.AddHours(-3),
            Http = "http://127.0.0.1:3018",
            Bus = new BusStatus("embedded", "127.0.0.1:6379", "agent"),
            Unfinished = 6,
            Dead = 2,
            Alarms = alarms,
            Notices = [],
            Sessions =
            [
                Session("gateway", "central", true) with
                {
                    Queued = 5,
                    InTurn = 1,
                    OldestWaitingAt = Now.AddMinutes(-3),
                    Lane = Paused(),
                },
                Session("pid-3", "satellite", false) with
                {
                    Accepted = 1,
                },
            ],
        };

    private static SessionStatus Session(string id, string role, bool member) =>
        new()
        {
            Session = id,
            Role = role,
            Member = member,
            Accepted = 0,
            Queued = 0,
            InTurn = 0,
        };

    private static LaneStatus Paused() =>
        new()
        {
            Session = "gateway",
            Phase = "paused",
            Since = Now.AddSeconds(-30),
            Reason = "429 from the model",
            RetryAt = Now.AddSeconds(20),
            Agent = "pi",
            AgentPhase = "failed",
            AgentVersion = "1.5.2",
            AgentPid = 9,
            Model = "anthropic/x",
            Problem = "no model. Run pi once.",
        };
}
