using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Redis;

/// <summary>The listener ends with its host: what was begun is answered, nobody is waited for.</summary>
public sealed class ShutdownTests
{
    [Fact(Timeout = 60_000)]
    public async Task Stop_IdleSubscribedAndBlockedClients_AllAreClosedAtOnce()
    {
        await using var host = await RespHost.StartAsync();
        using var idle = await RespConnection.OpenAsync(host.Port);
        using var subscribed = await RespConnection.OpenAsync(host.Port);
        using var blocked = await RespConnection.OpenAsync(host.Port);
        await idle.SendAsync(RespConnection.Frame("PING"));
        await idle.ReplyAsync();
        await subscribed.SendAsync(RespConnection.Frame("SUBSCRIBE", "agent:notify:main"));
        await subscribed.ReplyAsync();
        byte[] pingAndBlock =
        [
            .. RespConnection.Frame("PING"),
            .. RespConnection.Frame("BLMOVE", "a", "b", "LEFT", "LEFT", "0"),
        ];
        await blocked.SendAsync(pingAndBlock);
        // It is sent before the next command waits, so from here on that one is in hand: no byte of it is unread, which
        // would make the end a reset instead of a close.
        (await blocked.ReplyAsync()).ShouldBe("+PONG\r\n");

        // The host waits for each of them; one that does not end by itself outlasts this test's limit.
        await host.StopAsync(TestContext.Current.CancellationToken);

        (await idle.RestAsync()).ShouldBe("");
        (await subscribed.RestAsync()).ShouldBe("");
        (await blocked.RestAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Stop_PushesUnderWay_EveryAnsweredOneIsStored()
    {
        const int pushes = 2000;
        await using var host = await RespHost.StartAsync();
        using var producer = await RespConnection.OpenAsync(host.Port);
        var pipeline = Enumerable
            .Range(0, pushes)
            .SelectMany(i => RespConnection.Frame("LPUSH", "agent:events:main", $"{{\"type\":\"t.{i}\"}}"))
            .ToArray();
        var sending = producer.SendAsync(pipeline);
        await producer.ReplyAsync();

        await host.StopAsync(TestContext.Current.CancellationToken);

        var answers = 1 + (await producer.RestAsync()).Count(c => c == ':');
        host.Store.Counts.Unfinished.ShouldBeGreaterThanOrEqualTo(answers);
        // What was not read any more may be refused.
        await Task.WhenAny(sending);
    }
}
