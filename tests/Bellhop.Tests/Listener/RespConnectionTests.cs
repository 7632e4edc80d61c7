using System.Text;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Redis.Listener;
using Bellhop.Redis.Resp;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Listener;

public sealed class RespConnectionTests
{
    [Fact]
    public async Task HalfAFrame_For30Seconds_IsClosed()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.AskAsync("PING");
        var timers = fixture.Time.PendingTimers;
        await client.SendRawAsync("*2\r\n$4\r\nEC"u8.ToArray());
        while (fixture.Time.PendingTimers == timers)
            await Task.Yield();

        fixture.Time.Advance(RespLimits.FrameDeadline);

        (await client.ReadAsync()).ShouldBe("closed");
    }

    [Fact]
    public async Task IdleConnection_BetweenFrames_StaysOpen()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.AskAsync("PING");

        fixture.Time.Advance(TimeSpan.FromHours(1));

        (await client.AskAsync("PING")).ShouldBe("+PONG");
    }

    [Fact]
    public async Task BulkOver1MiB_IsRefusedAndTheConnectionKept()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();

        var sending = client.SendAsync("LPUSH", "agent:events:main", new string('x', RespLimits.MaxBulkBytes + 1));
        (await client.ReadAsync()).ShouldStartWith("-ERR BH-4131 ");
        await sending;

        (await client.AskAsync("PING")).ShouldBe("+PONG");
        fixture.Store.Counts.Unfinished.ShouldBe(0);
    }

    [Fact]
    public async Task HugeDeclaredLength_IsRefusedAtOnceAndClosed()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();

        await client.SendRawAsync("*3\r\n$5\r\nLPUSH\r\n$17\r\nagent:events:main\r\n$500000000\r\n"u8.ToArray());

        (await client.ReadAsync()).ShouldStartWith("-ERR BH-4131 ");
        (await client.ReadAsync()).ShouldBe("closed");
    }

    [Fact]
    public async Task PipelinedPushes_AnswerInOrder_AndOthersWaitForThem()
    {
        const int count = 3000;
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        var pipeline = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var row = $"{{\"type\":\"t.{i}\",\"ts\":1771372800000}}";
            pipeline.Append($"*3\r\n$5\r\nLPUSH\r\n$17\r\nagent:events:main\r\n${row.Length}\r\n{row}\r\n");
        }
        pipeline.Append("LLEN agent:events:main\r\n");

        var sending = client.SendRawAsync(Encoding.ASCII.GetBytes(pipeline.ToString()));
        for (var i = 0; i < count; i++)
            (await client.ReadAsync()).ShouldStartWith(":");
        await sending;

        (await client.ReadAsync()).ShouldBe($":{count}");
        var rows = await fixture.Store.WaitingAsync(
            SessionId.Gateway,
            count,
            long.MaxValue,
            TestContext.Current.CancellationToken
        );
        rows.Select(r => r.Type).ShouldBe(Enumerable.Range(0, count).Select(i => $"t.{i}"));
    }

    [Fact]
    public async Task Password_IsAskedFor_AndWrongOnesAreLimited()
    {
        await using var fixture = await RespFixture.StartAsync(new RespOptions { Password = "secret" });
        var client = fixture.Connect();

        (await client.AskAsync("GET", "k")).ShouldBe("-NOAUTH Authentication required.");
        for (var i = 0; i < ListenerLimits.MaxWrongPasswords; i++)
            (await client.AskAsync("AUTH", "wrong")).ShouldStartWith("-WRONGPASS ");
        (await client.AskAsync("AUTH", "wrong")).ShouldStartWith("-ERR BH-4292 ");
        (await client.AskAsync("HELLO", "3", "AUTH", "default", "wrong")).ShouldStartWith("-ERR BH-4292 ");
        (await fixture.Connect("10.0.0.9").AskAsync("AUTH", "wrong")).ShouldStartWith("-WRONGPASS ");
        (await client.AskAsync("AUTH", "secret")).ShouldBe("+OK", "the right one is always taken");
        (await client.AskAsync("GET", "k")).ShouldBe("null");
    }

    [Fact]
    public async Task Password_AfterAMinute_CountsAnew()
    {
        await using var fixture = await RespFixture.StartAsync(new RespOptions { Password = "secret" });
        var client = fixture.Connect();
        for (var i = 0; i <= ListenerLimits.MaxWrongPasswords; i++)
            await client.AskAsync("AUTH", "wrong");

        fixture.Time.Advance(TimeSpan.FromMinutes(1));

        (await client.AskAsync("AUTH", "wrong")).ShouldStartWith("-WRONGPASS ");
    }

    [Fact]
    public async Task WebPagePosting_IsHungUpOn()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();

        await client.SendRawAsync(
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nLPUSH agent:events:main {}\r\n"u8.ToArray()
        );

        (await client.ReadAsync()).ShouldBe("closed");
        fixture.Store.Counts.Dead.ShouldBe(0);
    }

    [Fact]
    public async Task WhileStarting_StoreCommandsAnswerLoading_AndSessionsHoldGateway()
    {
        await using var fixture = await RespFixture.StartAsync(ready: false);
        var client = fixture.Connect();

        (await client.AskAsync("LPUSH", "agent:events:main", "{}")).ShouldStartWith("-LOADING ");
        (await client.AskAsync("SMEMBERS", "agent:gateway:sessions")).ShouldBe("[\"gateway\"]");
        fixture.Readiness.Enter(GatewayPhase.Stopping);
        (await client.AskAsync("LPUSH", "agent:events:main", "{}")).ShouldStartWith("-BUSY ");
        (await client.AskAsync("SMEMBERS", "agent:gateway:sessions")).ShouldBe("[\"gateway\"]");
    }

    [Fact]
    public async Task Connections_OverTheLimit_AreRefused()
    {
        await using var fixture = await RespFixture.StartAsync();
        for (var i = 0; i < ListenerLimits.MaxConnections; i++)
            fixture.Connect();

        (await fixture.Connect().ReadAsync()).ShouldBe("-ERR max number of clients reached");
        fixture.Statistics.Rejected.ShouldBe(1);
    }
}
