using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Commands;

public sealed class TransactionCommandsTests
{
    [Fact]
    public async Task Exec_OtherClients_NeverComeBetween()
    {
        const int rounds = 50;
        await using var fixture = await RespFixture.StartAsync();
        var (one, two) = (fixture.Connect(), fixture.Connect());

        await Task.WhenAll(RunAsync(one, "a"), RunAsync(two, "b"));

        async Task RunAsync(RespTestClient client, string mark)
        {
            for (var i = 0; i < rounds; i++)
            {
                await client.AskAsync("MULTI");
                await client.AskAsync("DEL", "l");
                await client.AskAsync("RPUSH", "l", mark);
                await client.AskAsync("RPUSH", "l", mark);
                await client.AskAsync("LRANGE", "l", "0", "-1");
                (await client.AskAsync("EXEC")).ShouldEndWith($"[\"{mark}\", \"{mark}\"]]");
            }
        }
    }

    [Fact]
    public async Task Exec_EventPush_IsStored()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.AskAsync("MULTI");
        (await client.AskAsync("LPUSH", "agent:events:main", "{\"type\":\"t\"}")).ShouldBe("+QUEUED");
        fixture.Store.Counts.Unfinished.ShouldBe(0);

        (await client.AskAsync("EXEC")).ShouldBe("[:1]");

        fixture.Store.Counts.Unfinished.ShouldBe(1);
    }

    [Fact]
    public async Task Watch_EventList_IsRefusedHonestly()
    {
        await using var fixture = await RespFixture.StartAsync();

        (await fixture.Connect().AskAsync("WATCH", "agent:events:main")).ShouldStartWith("-ERR An event list cannot");
    }

    [Fact]
    public async Task Eval_Answers_NamingTheBus()
    {
        await using var fixture = await RespFixture.StartAsync();

        (await fixture.Connect().AskAsync("EVAL", "return 1", "0")).ShouldContain("bus.kind: redis");
    }
}
