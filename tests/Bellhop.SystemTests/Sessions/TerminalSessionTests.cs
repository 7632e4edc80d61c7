using System.Diagnostics;
using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Sessions;

/// <summary>Terminals on the built gateway, in the words of the extension: lease, claim, receipt, acknowledgement.</summary>
public sealed class TerminalSessionTests
{
    private const string Turn = "01M7YEK2Z8YQN5VNXE18Z5GGN1";

    [Fact]
    public async Task Satellite_ThatStopsRenewing_LeavesItsEventsToCentral()
    {
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var terminal = await RespConnection.OpenAsync(gateway.RespPort);
        await LeaseAsync(terminal, "pid-41", periodMs: 1_500);
        await PushAsync(terminal, "pid-41", "taken");
        await PushAsync(terminal, "pid-41", "waiting");
        await ClaimAsync(terminal, "pid-41");
        (await ReportAsync(terminal, "taken", "pid-41", "injected")).ShouldBe(":1");

        foreach (var id in (string[])["taken", "waiting"])
        {
            var receipt = await AdoptedAsync(gateway, id);
            receipt.Deliveries[0].State.ShouldBe("dropped");
            receipt.Deliveries[1].State.ShouldBe("queued");
            receipt.Text.ShouldContain("its terminal pid-41 on host elsewhere is gone");
        }
        var trace = await Cli.BellhopAsync(home, "trace", "taken");
        trace.Output.ShouldContain("is gone: its lease has run out", Case.Sensitive, trace.All);
        var sessions = await Cli.BellhopAsync(home, "sessions", "--json");
        sessions.Output.ShouldNotContain("pid-41", Case.Sensitive, sessions.All);
        var status = await Cli.BellhopAsync(home, "status");
        status.Output.ShouldContain("nobody is central, 2 events wait: GATEWAY_ROLE=central pi", Case.Sensitive);
    }

    [Fact]
    public async Task Satellite_ThatIsKilled_LeavesItsEventsToCentralBeforeItsLeaseEnds()
    {
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var process = Process.Start("sleep", "600");
        using var producer = await RespConnection.OpenAsync(gateway.RespPort);
        using (var terminal = await RespConnection.OpenAsync(gateway.RespPort))
        {
            await LeaseAsync(terminal, "pid-42", periodMs: 600_000, process.Id, Environment.MachineName);
            await PushAsync(producer, "pid-42", "one");
            await ClaimAsync(terminal, "pid-42");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        (await AdoptedAsync(gateway, "one")).Text.ShouldContain("its process has ended");
    }

    [Fact]
    public async Task Push_ForASessionNotThereYet_WaitsForIt_OrGoesToCentralWithANote()
    {
        using var home = new GatewayHome().WithConfig(
            new JsonObject { ["kind"] = "none" },
            config => config["routing"] = new JsonObject { ["adoptAfter"] = "4s" }
        );
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var client = await RespConnection.OpenAsync(gateway.RespPort);
        await PushAsync(client, "box/pid-1", "in-time");
        await PushAsync(client, "pid-2", "in-vain");
        (await gateway.Api.FindAsync("in-time"))!.Only.State.ShouldBe("accepted");

        await LeaseAsync(client, "box/pid-1", periodMs: 60_000);
        (await ClaimAsync(client, "box/pid-1")).ShouldContain("in-time");

        (await AdoptedAsync(gateway, "in-vain")).Text.ShouldContain("adopted: session pid-2 never came");
        (await gateway.Api.FindAsync("in-time"))!.Only.Session.ShouldBe("box/pid-1");
    }

    [Fact]
    public async Task Central_OnATerminal_OutlivesOurRestart_AndWhatItHadWaitsAgainAtItsEnd()
    {
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        await using (var gateway = await GatewayProcess.StartAsync(home))
        {
            using var terminal = await RespConnection.OpenAsync(gateway.RespPort);
            await LeaseAsync(terminal, "gateway", periodMs: 3_000);
            await PushAsync(terminal, "main", "one");
            await ClaimAsync(terminal, "gateway");
            await ReportAsync(terminal, "one", "gateway", "injected");
            await gateway.KillAsync();
        }
        await using var again = await GatewayProcess.StartAsync(home);
        var sessions = await Cli.BellhopAsync(home, "sessions");
        sessions.Output.ShouldContain("pi-terminal, pid 41 on elsewhere", Case.Sensitive, sessions.All);
        (await again.Api.FindAsync("one"))!.Only.State.ShouldBe("injected");

        await Wait.Until(
            async () => (await again.Api.FindAsync("one"))!.Only.State == "queued",
            "the end of the lease"
        );
        using var next = await RespConnection.OpenAsync(again.RespPort);
        (await ClaimAsync(next, "gateway")).ShouldContain("one");
        (await ReportAsync(next, "one", "gateway", "completed")).ShouldBe(":1");
        (await again.Api.SettledAsync("one")).Only.State.ShouldBe("completed");
    }

    [Fact]
    public async Task Handover_GivesCentralToATerminal_AndBack()
    {
        var agent = new JsonObject
        {
            ["kind"] = "command",
            ["command"] = new JsonArray("/bin/sh", "-c", "cat >/dev/null; echo from our agent"),
        };
        using var home = new GatewayHome().WithConfig(agent);
        await using (var gateway = await GatewayProcess.StartAsync(home))
        {
            using var terminal = await RespConnection.OpenAsync(gateway.RespPort);
            await terminal.SendAsync(RespConnection.Frame("GET", "agent:session:gateway"));
            (await terminal.ReplyAsync()).ShouldContain("\"kind\":\"bellhop\",\"agent\":\"command\"");
            (await LeaseAsync(terminal, "gateway", 60_000, condition: "NX")).ShouldBe("$-1");
            (await terminal.CommandAsync("DEL", "agent:events:main")).ShouldStartWith("-BUSY held by command");
            using var listener = await RespConnection.OpenAsync(gateway.RespPort);
            await listener.SendAsync(RespConnection.Frame("SUBSCRIBE", "agent:notify:main"));
            await listener.ReplyAsync();
            (await Cli.BellhopAsync(home, "status")).Output.ShouldContain("A client listens for the events of gateway");

            var given = await Cli.BellhopAsync(home, "sessions", "handover", "gateway");
            given.Output.ShouldContain("command has let go of gateway", Case.Sensitive, given.All);
        }
        await using var again = await GatewayProcess.StartAsync(home);
        using var central = await RespConnection.OpenAsync(again.RespPort);
        await PushAsync(central, "main", "one");
        (await LeaseAsync(central, "gateway", 2_000, condition: "NX")).ShouldBe("+OK");
        (await ClaimAsync(central, "gateway")).ShouldContain("one");
        await ReportAsync(central, "one", "gateway", "completed");
        (await again.Api.SettledAsync("one")).Only.States[^1].ShouldBe("completed");

        var back = await Cli.BellhopAsync(home, "sessions", "handover", "gateway", "--to", "bellhop");
        back.Output.ShouldContain("once its terminal pid-41 on host elsewhere has let go", Case.Sensitive, back.All);
        (await LeaseAsync(central, "gateway", 2_000)).ShouldStartWith("-BUSY held by command");
        await PushAsync(central, "main", "two");
        (await again.Api.SettledAsync("two")).Only.Reply.ShouldContain("from our agent");
        (await again.Api.FindAsync("one"))!.Only.Reply.ShouldBeEmpty();
    }

    private static Task<string> LeaseAsync(
        RespConnection terminal,
        string session,
        int periodMs,
        int pid = 41,
        string host = "elsewhere",
        string? condition = null
    )
    {
        var started = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var lease =
            $$"""{"sid":"{{session}}","role":"satellite","host":"{{host}}","pid":{{pid}},"startedAt":{{started}},"cwd":"/","state":"idle","model":"m","kind":"pi-terminal","nonce":"n"}""";
        string[] words = ["SET", $"agent:session:{session}", lease, "PX", $"{periodMs}"];
        return terminal.CommandAsync(condition is null ? words : [.. words, condition]);
    }

    private static Task<string> PushAsync(RespConnection client, string session, string id) =>
        client.CommandAsync(
            "LPUSH",
            $"agent:events:{session}",
            $$"""{"id":"{{id}}","type":"t.{{id}}","source":"test","payload":{},"ts":0}"""
        );

    private static async Task<string> ClaimAsync(RespConnection client, string session)
    {
        var words = RespConnection.Frame(
            "LMOVE",
            $"agent:events:{session}",
            $"agent:claims:{session}",
            "RIGHT",
            "LEFT"
        );
        await client.SendAsync(words);
        return await client.ReplyAsync();
    }

    private static Task<string> ReportAsync(RespConnection client, string id, string session, string state) =>
        client.CommandAsync(
            "LPUSH",
            "agent:receipts",
            $$"""{"id":"{{id}}","session":"{{session}}","state":"{{state}}","turn":"{{Turn}}"}"""
        );

    private static Task<EventReceipt> AdoptedAsync(GatewayProcess gateway, string id) =>
        Wait.For(
            async () => await gateway.Api.FindAsync(id) is { Deliveries.Count: 2 } receipt ? receipt : null,
            $"central to have {id}"
        );
}
