using System.Diagnostics;
using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Sessions;

/// <summary>
/// The gateway-setup skill's own extension as published, with ioredis 5, on the built gateway: what it reads by LRANGE and
/// deletes by DEL is neither lost nor taken by anybody else.
/// </summary>
public sealed class SkillExtensionTests
{
    private const int PerSecond = 200;
    private const int TurnMilliseconds = 50;

    [Fact]
    public Task KindNone_UnderLoad_LosesNothing() => LoseNothingAsync("none", 500);

    [Fact]
    [Trait("Length", "long")]
    public Task KindNone_UnderLongLoad_LosesNothing() => LoseNothingAsync("none", 5_000);

    [Fact]
    public async Task KindEcho_WhileItListens_OurAgentTakesNothingAndComesBack()
    {
        await LoseNothingAsync(
            "echo",
            100,
            async gateway =>
            {
                (await gateway.Api.PushAsync("""{"type":"after","id":"after","source":"test"}""")).Status.ShouldBe(
                    System.Net.HttpStatusCode.Accepted
                );
                (await gateway.Api.SettledAsync("after")).Only.Reply.ShouldStartWith("echo:");
            }
        );
    }

    private static async Task LoseNothingAsync(string kind, int count, Func<GatewayProcess, Task>? then = null)
    {
        using var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = kind });
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var project = new NodeProject("ioredis5")
            .With("Published/extension.ts", text => text.Replace("port: 6379", $"port: {gateway.RespPort}"))
            .With("Clients/run-extension.mjs");
        using var extension = project.Start("run-extension.mjs", $"{count}", $"{TurnMilliseconds}");
        (await extension.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("ready");

        await PushAsync(gateway.RespPort, count);

        (await NodeProject.FinishAsync(extension)).ShouldContain($"\"seen\":{count}");
        (await gateway.Api.UnfinishedAsync()).ShouldBe(0, gateway.Said);
        for (var i = 1; i <= count; i++)
        {
            var receipt = (await gateway.Api.FindAsync(Id(i))).ShouldNotBeNull();
            (receipt.Only.State, receipt.Text.Contains("taken by client")).ShouldBe(("completed", true), receipt.Text);
        }
        if (then is not null)
            await then(gateway);
    }

    private static async Task PushAsync(int port, int count)
    {
        using var producer = await RespConnection.OpenAsync(port);
        var began = Stopwatch.GetTimestamp();
        for (var i = 1; i <= count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / PerSecond) - Stopwatch.GetElapsedTime(began);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, TimeProvider.System, TestContext.Current.CancellationToken);
            var row = $$"""{"id":"{{Id(i)}}","type":"t.{{i}}","source":"test","payload":{},"ts":1771372800000}""";
            (await producer.CommandAsync("LPUSH", "agent:events:main", row)).ShouldStartWith(":");
            await producer.CommandAsync("PUBLISH", "agent:notify:main", "test");
        }
    }

    private static string Id(int i) => $"load-{i}";
}
