using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>
/// A turn that fails in a terminal takes a second and a third prompt; for Bellhop it stays the one event's one turn, on
/// its own listener and on a Redis.
/// </summary>
public sealed class FailedTurnTests(FakeModel model) : IClassFixture<FakeModel>
{
    private const string Fails = "[[status:400]]";
    private const string Hangs = "[[delay:60000]]";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ModelFailsOnce_EventIsCompleted(bool onRedis)
    {
        await using var bus = await TerminalBus.StartAsync(onRedis);
        await using var person = new TerminalFixture(model, bus.Port);
        var pi = await person.StartRpcAsync(New, bus.Environment);

        await PushAsync(person, Fails);

        await pi.IsToldAsync("goes on");
        var delivery = (await bus.Gateway.Api.SettledAsync("k")).Only;
        delivery.States.ShouldBe(["accepted", "queued", "injecting", "injected", "completed"]);
        person.TimesTold("in.hand").ShouldBe(1);
    }

    [Theory]
    [Trait("Length", "long")] // a minute of rest before the third try
    [InlineData(false)]
    [InlineData(true)]
    public async Task ModelFailsEachTime_EventIsDeadWithTheReason(bool onRedis)
    {
        await using var bus = await TerminalBus.StartAsync(onRedis);
        await using var person = new TerminalFixture(model, bus.Port);
        await person.StartRpcAsync(New, bus.Environment);
        await model.ScriptAsync(Fails, Fails, Fails);

        await PushAsync(person, "");

        await IsInjectedAsync(bus);
        var receipt = await bus.Gateway.Api.SettledAsync("k", TimeSpan.FromMinutes(2));
        receipt.Only.State.ShouldBe("dead");
        receipt.Text.ShouldContain("the turn failed 3 times");
        person.TimesTold("in.hand").ShouldBe(1);
    }

    [Theory]
    [InlineData(false, Traits = ["Length", "long"])]
    [InlineData(true)]
    public async Task PiKilledInTheSecondTry_NextOneGoesOnWithTheFirst(bool onRedis)
    {
        await using var bus = await TerminalBus.StartAsync(onRedis);
        await using var person = new TerminalFixture(model, bus.Port);
        var first = await person.StartRpcAsync(New, bus.Environment);
        await model.ScriptAsync(Fails, Hangs);
        await PushAsync(person, "");
        await first.IsToldAsync("goes on");
        await Wait.Until(() => Task.FromResult(person.TimesTold("goes on") == 1), "the transcript");
        var turn = (await bus.Gateway.Api.FindAsync("k"))!.Only.Turn;
        first.Kill();

        var second = await person.StartRpcAsync(New, bus.Environment);

        await second.IsToldAsync($"Turn {turn} goes on");
        (await bus.Gateway.Api.SettledAsync("k")).Only.State.ShouldBe("completed");
        person.TimesTold("in.hand").ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GatewayKilledBeforeTheNextTry_TerminalGoesOnWithWhatItReported(bool onRedis)
    {
        await using var bus = await TerminalBus.StartAsync(onRedis);
        await using var person = new TerminalFixture(model, bus.Port);
        var pi = await person.StartRpcAsync(New, bus.Environment);
        await PushAsync(person, Fails);
        await pi.SaysAsync("the end of a turn that failed", r => (string?)r["type"] == "agent_end");
        await IsInjectedAsync(bus);

        await bus.KillAndStartGatewayAsync();

        await pi.IsToldAsync("goes on");
        (await bus.Gateway.Api.SettledAsync("k")).Only.State.ShouldBe("completed");
        person.TimesTold("in.hand").ShouldBe(1);
    }

    private static Task PushAsync(TerminalFixture person, string what) =>
        person.PushAsync("main", $$$"""{"id":"k","type":"in.hand","source":"s","payload":{"x":"{{{what}}}"}}""");

    /// <summary>On a Redis it is the first that Bellhop hears of a row that was written onto the terminal's own list.</summary>
    private static Task IsInjectedAsync(TerminalBus bus) =>
        Wait.Until(
            async () => (await bus.Gateway.Api.FindAsync("k"))?.Only.State == "injected",
            "the receipt that it was told"
        );
}
