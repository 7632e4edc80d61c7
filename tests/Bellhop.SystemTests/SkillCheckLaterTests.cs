using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>
/// The gateway-setup skill's check a second time. Its event has a re-used id and no time of its own, so it is a new one
/// after a minute, by the real clock. In a class of its own, so that the minute passes beside other tests.
/// </summary>
public sealed class SkillCheckLaterTests
{
    private const string SkillsTest = """{"id":"test","type":"test","source":"manual","payload":{},"ts":0}""";

    private const string Dated = """{"id":"test","type":"test","source":"manual","payload":{},"ts":1771372800000}""";

    /// <summary>The window in which a re-used id without a time is a duplicate, and a moment.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(61);

    [Fact]
    public async Task Check_RepeatedAMinuteLater_IsANewEventAndBothComplete()
    {
        using var home = new GatewayHome().WithFreePorts();
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var producer = await RespConnection.OpenAsync(gateway.RespPort);

        await PushAsync(producer, SkillsTest);
        var first = await gateway.Api.SettledAsync("test");
        await Task.Delay(Later, TimeProvider.System, TestContext.Current.CancellationToken);
        await PushAsync(producer, SkillsTest);
        await gateway.Api.SettledAsync("test");

        var newest = await TraceAsync(home, "test");
        newest.Key.ShouldNotBe(first.Key);
        newest.Others.ShouldBe(1);
        newest.Only.State.ShouldBe("completed", newest.Text);
        (await TraceAsync(home, first.Key)).Only.State.ShouldBe("completed");
    }

    [Fact]
    public async Task Push_RealTimeTwice_IsOneEvent()
    {
        using var home = new GatewayHome().WithFreePorts();
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var producer = await RespConnection.OpenAsync(gateway.RespPort);

        await PushAsync(producer, Dated);
        var first = await gateway.Api.SettledAsync("test");
        await PushAsync(producer, Dated);
        var again = await gateway.Api.PushAsync(Dated);

        var answered = again.Json.GetProperty("events")[0];
        answered.GetProperty("duplicate").GetBoolean().ShouldBeTrue();
        answered.GetProperty("key").GetString().ShouldBe(first.Key);
        var trace = await TraceAsync(home, "test");
        (trace.Key, trace.Others).ShouldBe((first.Key, 0));
        trace.Only.States.Count(state => state == "completed").ShouldBe(1);
    }

    private static async Task PushAsync(RespConnection producer, string body) =>
        (await producer.CommandAsync("LPUSH", "agent:events:main", body)).ShouldStartWith(":");

    private static async Task<EventReceipt> TraceAsync(GatewayHome home, string id)
    {
        var trace = await Cli.BellhopAsync(home, "trace", id, "--json");
        trace.ExitCode.ShouldBe(0, trace.All);
        return EventReceipt.Parse(System.Text.Json.JsonDocument.Parse(trace.Output).RootElement);
    }
}
