using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>SIGTERM in the middle of a turn, with a real pi and the scripted model.</summary>
public sealed class SigtermTests
{
    private static readonly TimeSpan DrainBudget = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(RealPi.New)]
    [InlineData(RealPi.Old)]
    public async Task Sigterm_TurnEndsWithinTheBudget_IsCompletedBeforeTheExit(string generation)
    {
        await using var model = await FakeModel.StartAsync();
        using var home = new GatewayHome().WithPi(RealPi.Named(generation), model);
        await using (var gateway = await GatewayProcess.StartAsync(home))
        {
            await PushAsync(gateway, "short", "[[reply:done]][[delay:2000]]");
            await InjectedAsync(gateway, "short");

            (await gateway.TerminateAsync(DrainBudget + TimeSpan.FromSeconds(5))).ShouldBe(0, gateway.Said);
        }

        await using var next = await GatewayProcess.StartAsync(home);
        var receipt = (await next.Api.FindAsync("short"))!;
        receipt.Only.State.ShouldBe("completed", receipt.Text);
        receipt.Only.Reply.ShouldBe("done");
        Told(home, "short").ShouldBe(1);
    }

    [Theory]
    [InlineData(RealPi.New)]
    [InlineData(RealPi.Old)]
    public async Task Sigterm_TurnOutlastsTheBudget_ExitsInTimeAndGoesOnAtTheNextStart(string generation)
    {
        await using var model = await FakeModel.StartAsync();
        using var home = new GatewayHome().WithPi(RealPi.Named(generation), model);
        await using (var gateway = await GatewayProcess.StartAsync(home))
        {
            await PushAsync(gateway, "long", "[[delay:600000]]");
            await InjectedAsync(gateway, "long");
            // What waits behind the turn must be there afterwards as well.
            await PushAsync(gateway, "behind", "[[reply:next]]");

            var start = TimeProvider.System.GetTimestamp();
            (await gateway.TerminateAsync(DrainBudget + TimeSpan.FromSeconds(10))).ShouldBe(0, gateway.Said);
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(DrainBudget + TimeSpan.FromSeconds(8));
        }

        await using var next = await GatewayProcess.StartAsync(home);
        var behind = await next.Api.SettledAsync("behind", TimeSpan.FromMinutes(1));
        behind.Only.State.ShouldBe("completed", behind.Text);
        var receipt = await next.Api.SettledAsync("long", TimeSpan.FromMinutes(1));
        receipt.Only.State.ShouldBe("completed", receipt.Text);
        Told(home, "long").ShouldBe(1, "a turn that was cut goes on and repeats no event");
    }

    private static async Task PushAsync(GatewayProcess gateway, string id, string directives)
    {
        var answer = await gateway.Api.PushAsync(
            $$$"""{"id":"{{{id}}}","type":"test.sigterm","source":"test","payload":{"mark":"mark-{{{id}}}","do":"{{{directives}}}"}}"""
        );
        ((int)answer.Status).ShouldBe(202, answer.Text);
    }

    private static Task InjectedAsync(GatewayProcess gateway, string id) =>
        Wait.Until(
            async () => (await gateway.Api.FindAsync(id))?.Only.State == "injected",
            $"{id} to be with the agent"
        );

    private static int Told(GatewayHome home, string id) =>
        RealPi.UserMessages(home.Beside.Path).Count(text => text.Contains($"mark-{id}"));
}
