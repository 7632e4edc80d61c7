using System.Net;
using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>
/// Between two tries of an event its transcript stays, goes, or comes back in another one: each is told the event once,
/// and for Bellhop it comes to its end.
/// </summary>
public sealed class ReplacedSessionTests(FakeModel model) : IClassFixture<FakeModel>
{
    private const string Fails = "[[status:400]]";
    private const string Hangs = "[[delay:60000]]";

    /// <summary>What a person does in a terminal and no command of the RPC mode does.</summary>
    private const string Commands = """
        export default function (pi: any) {
          const add = (name: string, handler: (ctx: any) => Promise<void>) =>
            pi.registerCommand(name, { description: name, handler: (_: string, ctx: any) => handler(ctx) });
          add("load-again", (ctx) => ctx.reload());
          add("fork-here", (ctx) => {
            const messages = ctx.sessionManager.getEntries().filter((entry: any) => entry.type === "message");
            return ctx.fork(messages.at(-1).id, { position: "at" });
          });
        }
        """;

    [Theory]
    [InlineData("load-again", false)]
    [InlineData("load-again", true, Traits = ["Length", "long"])]
    [InlineData("fork-here", false, Traits = ["Length", "long"])]
    [InlineData("fork-here", true)]
    public async Task HistoryHoldsTheEvent_BetweenTwoTries_GoesOnWithIt(string command, bool onRedis)
    {
        await using var bus = await TerminalBus.StartAsync(onRedis);
        await using var person = new TerminalFixture(model, bus.Port);
        var pi = await FailsOnceAsync(bus, person);

        await pi.SendAsync(new JsonObject { ["type"] = "prompt", ["message"] = $"/{command}" });

        await pi.IsToldAsync("goes on");
        (await bus.Gateway.Api.SettledAsync("k")).Only.State.ShouldBe("completed");
        pi.Told.Count(text => text.Contains("in.hand")).ShouldBe(1);
    }

    [Theory]
    [InlineData(false, Traits = ["Length", "long"])]
    [InlineData(true)]
    public async Task NewSessionBetweenTwoTries_BusAwayInTheSecond_EventIsCompleted(bool onRedis)
    {
        await using var bus = await TerminalBus.StartAsync(onRedis);
        await using var person = new TerminalFixture(model, bus.Port);
        var pi = await FailsOnceAsync(bus, person);
        await model.ScriptAsync("[[delay:3000]]");
        await pi.AskAsync(new JsonObject { ["type"] = "new_session" });
        await pi.IsToldAsync("in.hand");

        await bus.KillAsync();
        await pi.IsAnsweredAsync();
        await bus.StartAgainAsync();

        // A Bellhop that finds its Redis again says so a moment later.
        await Wait.Until(
            async () => (await bus.Gateway.Api.GetAsync("/v1/events/k")).Status == HttpStatusCode.OK,
            "the event"
        );
        (await bus.Gateway.Api.SettledAsync("k")).Only.State.ShouldBe("completed");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TwoTranscriptsInTurns_TheFirstComesBack_GoesOnWithWhatItHolds(bool onRedis)
    {
        await using var bus = await TerminalBus.StartAsync(onRedis);
        await using var one = new TerminalFixture(model, bus.Port);
        await using var two = new TerminalFixture(model, bus.Port);
        var first = await one.StartRpcAsync(New, bus.Environment);
        await PushAsync(one, Hangs);
        await IsWrittenAsync(first, one);
        first.Kill();
        var second = await two.StartRpcAsync(New, bus.Environment);
        await IsWrittenAsync(second, two);
        second.Told.Last().ShouldContain($"Another terminal (pid {first.Pid} on ");
        second.Kill();

        var third = await one.StartRpcAsync(New, bus.Environment);

        await third.IsToldAsync("goes on");
        (await bus.Gateway.Api.SettledAsync("k")).Only.State.ShouldBe("completed");
        (one.TimesTold("in.hand"), two.TimesTold("in.hand")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task SecondTerminalOnTheSameFile_FirstKilledInTheTurn_SaysThatItMayHaveBegun()
    {
        await using var bus = await TerminalBus.StartAsync(onRedis: true);
        await using var person = new TerminalFixture(model, bus.Port);
        var first = await person.StartRpcAsync(New, bus.Environment);
        var second = await person.StartRpcAsync(New, bus.Environment);
        await PushAsync(person, Hangs);
        await IsWrittenAsync(first, person);

        first.Kill();

        await second.IsToldAsync($"Another terminal (pid {first.Pid} on ");
    }

    /// <summary>Its second try is seconds away.</summary>
    private async Task<PiRpc> FailsOnceAsync(TerminalBus bus, TerminalFixture person)
    {
        var extensions = Directory.CreateDirectory(Path.Combine(person.AgentFolder, "extensions")).FullName;
        await File.WriteAllTextAsync(Path.Combine(extensions, "commands.ts"), Commands);
        var pi = await person.StartRpcAsync(New, bus.Environment);
        await model.ScriptAsync(Fails);
        await PushAsync(person, "");
        await pi.SaysAsync("the end of a turn that failed", r => (string?)r["type"] == "agent_end");
        await Wait.Until(
            async () => (await bus.Gateway.Api.FindAsync("k"))?.Only.State == "injected",
            "the receipt that it was told"
        );
        return pi;
    }

    private static async Task IsWrittenAsync(PiRpc pi, TerminalFixture person)
    {
        await pi.IsToldAsync("in.hand");
        await Wait.Until(() => Task.FromResult(person.TimesTold("in.hand") == 1), "the transcript");
    }

    private static Task PushAsync(TerminalFixture person, string what) =>
        person.PushAsync("main", $$$"""{"id":"k","type":"in.hand","source":"s","payload":{"x":"{{{what}}}"}}""");
}
