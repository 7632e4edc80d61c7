using System.Net;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Http;

public sealed class StatusEndpointsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ready_WhileStarting_Is503WithThePhase()
    {
        await using var gateway = await HttpGateway.StartingAsync();
        using (var starting = await gateway.Stranger.GetAsync("/readyz", Cancel))
        {
            starting.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await starting.JsonAsync()).GetProperty("phase").GetString().ShouldBe("starting");
        }
        (await gateway.Stranger.GetAsync("/livez", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await gateway.PostAsync("/v1/events", "{}").ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "BH-5031");
        await gateway
            .Http.GetAsync("/v1/status", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "BH-5031");

        gateway.Readiness.Enter(GatewayPhase.Ready);
        (await gateway.Stranger.GetAsync("/readyz", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ready_EveryEventIsRefused_Is503WithTheReasonAndAnAlarm()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var bus = gateway.Bus;
        gateway.Bus = bus with { Refusal = "No room." };
        using (var full = await gateway.Stranger.GetAsync("/readyz", Cancel))
        {
            full.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await full.JsonAsync()).GetProperty("problem").GetString().ShouldBe("No room.");
        }
        (await gateway.Stranger.GetAsync("/livez", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AlarmsAsync(gateway)).ShouldBe(["disk"]);

        gateway.Bus = bus;
        (await gateway.Stranger.GetAsync("/readyz", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AlarmsAsync(gateway)).ShouldBeEmpty();
    }

    private static async Task<IEnumerable<string?>> AlarmsAsync(HttpGateway gateway)
    {
        using var response = await gateway.Http.GetAsync("/v1/status", Cancel);
        return
        [
            .. (await response.JsonAsync())
                .GetProperty("alarms")
                .EnumerateArray()
                .Select(a => a.GetProperty("name").GetString()),
        ];
    }

    [Fact]
    public async Task Post_WhileStopping_IsRefusedButReadsGoOn()
    {
        await using var gateway = await HttpGateway.StartAsync();
        gateway.Readiness.Enter(GatewayPhase.Stopping);
        await gateway
            .PostAsync("/v1/events", """{"type":"t"}""")
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "BH-5031");
        (await gateway.Http.GetAsync("/v1/status", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Status_Ready_ShowsTheWholeState()
    {
        await using var gateway = await HttpGateway.StartAsync();
        using var response = await gateway.Http.GetAsync("/v1/status", Cancel);
        var status = await response.JsonAsync();
        status.GetProperty("phase").GetString().ShouldBe("ready");
        status.GetProperty("startedAt").GetString().ShouldBe("2026-03-01T12:00:00.000Z");
        status.GetProperty("bus").GetProperty("kind").GetString().ShouldBe("embedded");
        using var sessions = await gateway.Http.GetAsync("/v1/sessions", Cancel);
        var central = (await sessions.JsonAsync()).GetProperty("sessions")[0];
        central.GetProperty("session").GetString().ShouldBe("gateway");
        central.GetProperty("role").GetString().ShouldBe("central");
    }

    [Fact]
    public async Task Sessions_SomethingWaits_SayHowLongTheOldestHas()
    {
        await using var gateway = await HttpGateway.StartAsync();
        using var posted = await gateway.PostAsync("/v1/events", """{"type":"t"}""");
        gateway.Store.Counts = new StoreCounts(1, 0, [new SessionCounts(SessionId.Gateway, 0, 1, 0)]);
        gateway.Time.Advance(TimeSpan.FromMinutes(3));
        using var sessions = await gateway.Http.GetAsync("/v1/sessions", Cancel);
        var central = (await sessions.JsonAsync()).GetProperty("sessions")[0];
        central.GetProperty("oldestWaitingAt").GetString().ShouldBe("2026-03-01T12:00:00.000Z");
    }

    [Fact]
    public async Task UnknownPath_WithToken_Is404InJson()
    {
        await using var gateway = await HttpGateway.StartAsync();
        await gateway.Http.GetAsync("/v1/nothing", Cancel).ShouldRefuseAsync(HttpStatusCode.NotFound, "BH-4040");
    }

    [Fact]
    public async Task WrongMethod_WithToken_Is405InJson()
    {
        await using var gateway = await HttpGateway.StartAsync();
        using var response = await gateway.Http.DeleteAsync("/v1/events", Cancel);
        response.Content.Headers.Allow.ShouldBe(["GET", "POST"], ignoreOrder: true);
        await gateway
            .Http.DeleteAsync("/v1/events", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.MethodNotAllowed, "BH-4050");
    }

    [Fact]
    public async Task Failure_Inside_LeaksNothingButAReference()
    {
        await using var gateway = await HttpGateway.StartAsync();
        using var response = await gateway.Http.GetAsync("/v1/boom", Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        text.ShouldNotContain("secret of the house");
        text.ShouldNotContain(" at ");
        var error = (await response.JsonAsync()).GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("BH-5000");
        gateway.Logs.Text.ShouldContain(error.GetProperty("reference").GetString()!);
        gateway.Logs.Text.ShouldContain("secret of the house");
    }
}
