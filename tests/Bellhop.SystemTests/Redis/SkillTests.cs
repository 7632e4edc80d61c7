using Bellhop.Events;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Redis;

/// <summary>
/// The gateway-setup skill's TypeScript as published (<c>Published/</c>), with ioredis 5. It names localhost:6379, so the port is
/// replaced; nothing else is.
/// </summary>
public sealed class SkillTests
{
    [Fact]
    public async Task PushEvent_OneSession_IsStored()
    {
        await using var host = await RespHost.StartAsync();
        using var project = new NodeProject("ioredis5").With(
            "Published/push-event.ts",
            text => WithPort(text, host.Port) + "redis.disconnect();\n"
        );

        await project.RunAsync("push-event.ts");

        var row = (
            await host.Store.WaitingAsync(SessionId.Gateway, 10, long.MaxValue, TestContext.Current.CancellationToken)
        ).Single();
        row.Type.ShouldBe("download.complete");
    }

    [Fact]
    public async Task PushEvent_ManySessions_ReachesCentralAndOriginAsOneEvent()
    {
        await using var host = await RespHost.StartAsync();
        using var producer = await RespConnection.OpenAsync(host.Port);
        await producer.CommandAsync("SADD", "agent:gateway:sessions", "pid-42");
        using var project = new NodeProject("ioredis5").With(
            "Published/push-event-sessions.ts",
            text =>
                $"import Redis from \"ioredis\";\nconst redis = new Redis({host.Port});\n{text}"
                + "await pushEvent(\"loop.complete\", \"test\", {}, \"pid-42\");\nredis.disconnect();\n"
        );

        await project.RunAsync("push-event-sessions.ts");

        var rows = await host.Store.WaitingAsync(
            SessionId.Gateway,
            10,
            long.MaxValue,
            TestContext.Current.CancellationToken
        );
        rows.Single().Type.ShouldBe("loop.complete");
        var own = await host.Store.WaitingAsync(
            SessionId.Parse("pid-42"),
            10,
            long.MaxValue,
            TestContext.Current.CancellationToken
        );
        own.Single().Body.ToArray().ShouldBe(rows.Single().Body.ToArray());
    }

    [Fact]
    public async Task Extension_DrainsUnderLoad_LosesNothing()
    {
        const int count = 400;
        await using var host = await RespHost.StartAsync();
        using var project = new NodeProject("ioredis5")
            .With("Published/extension.ts", text => text.Replace("port: 6379", $"port: {host.Port}"))
            .With("Clients/run-extension.mjs");
        using var extension = project.Start("run-extension.mjs", $"{count}");
        (await extension.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("ready");

        using var producer = await RespConnection.OpenAsync(host.Port);
        for (var i = 1; i <= count; i++)
        {
            var row =
                $$"""{"id":"{{Guid.NewGuid()}}","type":"t.{{i}}","source":"test","payload":{},"ts":1771372800000}""";
            (await producer.CommandAsync("LPUSH", "agent:events:main", row)).ShouldStartWith(":");
            await producer.CommandAsync("PUBLISH", "agent:notify:main", "test");
        }

        (await NodeProject.FinishAsync(extension)).ShouldContain($"\"seen\":{count}");
    }

    private static string WithPort(string text, int port) => text.Replace("new Redis()", $"new Redis({port})");
}
