using System.Net;
using Bellhop.Diagnostics;
using Bellhop.Diagnostics.Views;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Http;

public sealed class ConfigurationEndpointsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reload_Good_SaysWhatChangedAndWhatWaits()
    {
        await using var gateway = await HttpGateway.StartAsync();
        gateway.Configuration.Result = new ReloadResult(new ReloadDto(["logs.level"], ["listen"]), null);

        using var answer = await gateway.PostAsync("/v1/config/reload", "");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe(
            """{"changed":["logs.level"],"atNextStart":["listen"]}"""
        );
    }

    [Fact]
    public async Task Reload_Faults_Is422WithEachOfThem()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var fault = new SettingFaultDto("retry.attempts", "0", "config.json line 3", "must be more.");
        gateway.Configuration.Result = new ReloadResult(
            null,
            new FaultDto("BH-4221", "The configuration has a fault") { Faults = [fault] }
        );

        using var answer = await gateway.PostAsync("/v1/config/reload", "");

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe(
            """{"error":{"code":"BH-4221","message":"The configuration has a fault","faults":[{"key":"retry.attempts","value":"0","where":"config.json line 3","mend":"must be more."}]}}"""
        );
    }
}
