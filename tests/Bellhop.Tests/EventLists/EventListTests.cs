using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.EventLists;

public sealed class EventListTests
{
    private const string List = "agent:events:pid-7";
    private const string Claims = "agent:claims:pid-7";

    [Fact]
    public async Task Del_RowsPushedSinceLrange_Stay()
    {
        await using var fixture = await WithSessionAsync();
        var (producer, consumer) = (fixture.Connect(), fixture.Connect());
        await producer.AskAsync("LPUSH", List, Row("one"));
        (await consumer.AskAsync("LRANGE", List, "0", "-1")).ShouldContain("one");
        await producer.AskAsync("LPUSH", List, Row("two"));

        (await consumer.AskAsync("DEL", List)).ShouldBe(":1");

        (await StateAsync(fixture, "one")).ShouldBe(("completed", "taken by client"));
        (await StateAsync(fixture, "two")).State.ShouldBe("queued");
        (await consumer.AskAsync("LRANGE", List, "0", "-1")).ShouldBe($"[\"{Row("two")}\"]");
    }

    [Fact]
    public async Task Lrange_RowsLeasedToAnother_AreNotShown_UntilItCloses()
    {
        await using var fixture = await WithSessionAsync();
        var (first, second) = (fixture.Connect(), fixture.Connect());
        await first.AskAsync("LPUSH", List, Row("one"));
        await first.AskAsync("LRANGE", List, "0", "-1");

        (await second.AskAsync("LRANGE", List, "0", "-1")).ShouldBe("[]");
        (await second.AskAsync("LLEN", List)).ShouldBe(":0");
        (await second.AskAsync("DEL", List)).ShouldBe(":0");
        (await StateAsync(fixture, "one")).State.ShouldBe("queued");

        await first.CloseAsync();
        (await second.AskAsync("LRANGE", List, "0", "-1")).ShouldContain("one");
    }

    [Fact]
    public async Task Lrange_NewestIsAtTheHead_AndTrimTakesByWhatWasSeen()
    {
        await using var fixture = await WithSessionAsync();
        var (producer, consumer) = (fixture.Connect(), fixture.Connect());
        await producer.AskAsync("LPUSH", List, Row("one"), Row("two"));
        await producer.AskAsync("RPUSH", List, Row("three"));
        (await consumer.AskAsync("LRANGE", List, "0", "-1")).ShouldBe(
            $"[\"{Row("three")}\", \"{Row("two")}\", \"{Row("one")}\"]"
        );
        await producer.AskAsync("LPUSH", List, Row("four"));

        (await consumer.AskAsync("LTRIM", List, "1", "-1")).ShouldBe("+OK");

        (await StateAsync(fixture, "three")).State.ShouldBe("completed");
        (await StateAsync(fixture, "four")).State.ShouldBe("queued");
        (await StateAsync(fixture, "one")).State.ShouldBe("queued");
    }

    [Fact]
    public async Task Lmove_ToClaims_ThenLrem_Takes()
    {
        await using var fixture = await WithSessionAsync();
        var (producer, consumer) = (fixture.Connect(), fixture.Connect());
        await producer.AskAsync("LPUSH", List, Row("one"), Row("two"));

        (await consumer.AskAsync("LMOVE", List, Claims, "RIGHT", "LEFT")).ShouldBe($"\"{Row("one")}\"");
        (await consumer.AskAsync("LRANGE", Claims, "0", "-1")).ShouldBe($"[\"{Row("one")}\"]");
        (await producer.AskAsync("LRANGE", Claims, "0", "-1")).ShouldBe("[]", "another connection's claims");
        (await StateAsync(fixture, "one")).State.ShouldBe("queued");
        (await consumer.AskAsync("LREM", Claims, "1", Row("one"))).ShouldBe(":1");

        (await StateAsync(fixture, "one")).ShouldBe(("completed", "taken by client"));
    }

    [Fact]
    public async Task Claims_ConnectionCloses_RowsAreWaitingAgain()
    {
        await using var fixture = await WithSessionAsync();
        var (consumer, next) = (fixture.Connect(), fixture.Connect());
        await consumer.AskAsync("LPUSH", List, Row("one"));
        await consumer.AskAsync("LMOVE", List, Claims, "RIGHT", "LEFT");
        await next.SendAsync("BLMOVE", List, Claims, "RIGHT", "LEFT", "0");

        await consumer.CloseAsync();

        (await next.ReadAsync()).ShouldBe($"\"{Row("one")}\"");
    }

    [Fact]
    public async Task Lpush_OfRowsItHasLeased_GivesThemBackInstead()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.AskAsync("LPUSH", "agent:events:main", Row("one"));
        await client.AskAsync("LRANGE", "agent:events:main", "0", "-1");
        await client.AskAsync("LPUSH", "agent:events:gateway", Row("one"));
        await client.AskAsync("DEL", "agent:events:main");

        (await client.AskAsync("LRANGE", "agent:events:gateway", "0", "-1")).ShouldBe($"[\"{Row("one")}\"]");
        (await StateAsync(fixture, "one")).State.ShouldBe("queued");
    }

    [Theory]
    [InlineData("agent:events:main", 2)]
    [InlineData("agent:events:gateway", 1)]
    public async Task Lpush_OfOneMoreRowLikeTheLeased_IsANewEvent(string onto, int known)
    {
        const string tick = """{"type":"tick"}""";
        await using var fixture = await RespFixture.StartAsync();
        var (client, other) = (fixture.Connect(), fixture.Connect());
        await client.AskAsync("LPUSH", "agent:events:main", tick);
        await client.AskAsync("LRANGE", "agent:events:main", "0", "-1");

        await client.AskAsync("LPUSH", onto, tick);
        fixture.Store.Counts.Unfinished.ShouldBe(known);
        await client.AskAsync("LPUSH", onto, tick);

        fixture.Store.Counts.Unfinished.ShouldBe(known + 1);
        (await other.AskAsync("LLEN", onto)).ShouldBe(":2");
    }

    [Fact]
    public async Task HeldByOurAgent_ListIsReadOnly()
    {
        await using var fixture = await RespFixture.StartAsync();
        fixture.Holders[SessionId.Gateway] = "pi";
        var (client, other) = (fixture.Connect(), fixture.Connect());
        const string list = "agent:events:main";
        (await client.AskAsync("LPUSH", list, Row("one"))).ShouldBe(":1");

        (await client.AskAsync("LRANGE", list, "0", "-1")).ShouldContain("one");
        (await other.AskAsync("LRANGE", list, "0", "-1")).ShouldContain("one", Case.Sensitive, "a view leases nothing");
        string[][] refused =
        [
            ["DEL", list],
            ["LTRIM", list, "0", "0"],
            ["LREM", list, "0", Row("one")],
            ["LMOVE", list, "x", "LEFT", "LEFT"],
            ["RPOPLPUSH", list, "x"],
            ["LPOP", list],
            ["RPOP", list],
            ["EXPIRE", list, "1"],
            ["RENAME", list, "x"],
            ["BLMOVE", list, "x", "LEFT", "LEFT", "0"],
        ];
        foreach (var command in refused)
            (await client.AskAsync(command)).ShouldStartWith("-BUSY held by pi", Case.Sensitive, command[0]);
        (await StateAsync(fixture, "one")).State.ShouldBe("queued");
    }

    [Fact]
    public async Task Blmove_EventFromAnotherDoor_IsWoken()
    {
        await using var fixture = await WithSessionAsync();
        var consumer = fixture.Connect();
        await consumer.SendAsync("BLMOVE", List, Claims, "RIGHT", "LEFT", "0");
        (await fixture.Connect().AskAsync("PING")).ShouldBe("+PONG");

        await AcceptAsync(fixture, Row("one"), "pid-7");

        (await consumer.ReadAsync()).ShouldBe($"\"{Row("one")}\"");
    }

    [Fact]
    public async Task Blmove_TimeRunsOut_AnswersNull()
    {
        await using var fixture = await WithSessionAsync();
        var consumer = fixture.Connect();
        var timers = fixture.Time.PendingTimers;
        await consumer.SendAsync("BLMOVE", List, Claims, "RIGHT", "LEFT", "5");
        while (fixture.Time.PendingTimers == timers)
            await Task.Yield();

        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        (await consumer.ReadAsync()).ShouldBe("null");
    }

    [Fact]
    public async Task Lpush_UnreadableRow_IsQuarantinedAndAnsweredAsAny()
    {
        await using var fixture = await WithSessionAsync();
        var client = fixture.Connect();

        (await client.AskAsync("LPUSH", List, "not json", Row("one"))).ShouldBe(":1");

        var dead = await fixture.Store.ListAsync(
            new DeliveryQuery { State = DeliveryState.Dead },
            TestContext.Current.CancellationToken
        );
        dead.Single().Reason!.ShouldStartWith("BH-4000");
        dead.Single().Event.Body.ToArray().ShouldBe("not json"u8.ToArray());
        (await StateAsync(fixture, "one")).State.ShouldBe("queued");
    }

    [Fact]
    public async Task Lpush_StoreIsFull_IsRefusedLoudly()
    {
        await using var fixture = await RespFixture.StartAsync(
            store: new SqliteStoreOptions
            {
                Path = "",
                MinFreeDisk = 0,
                MaxUnfinished = 1,
            }
        );
        var client = fixture.Connect();
        await client.AskAsync("LPUSH", "agent:events:main", Row("one"));

        (await client.AskAsync("LPUSH", "agent:events:main", Row("two"))).ShouldStartWith("-BUSY BH-4291 ");
    }

    [Fact]
    public async Task Write_DiskFull_IsRefusedAlikeByEventListsAndKeys()
    {
        await using var fixture = await RespFixture.StartAsync(maxPages: 60);
        var client = fixture.Connect();
        var large = new string('x', 500_000);

        (await client.AskAsync("SET", "k", large)).ShouldStartWith("-MISCONF BH-5071 ");
        (await client.AskAsync("LPUSH", "agent:events:main", large)).ShouldStartWith("-MISCONF BH-5071 ");

        (await client.AskAsync("EXISTS", "k")).ShouldBe(":0");
        (await client.AskAsync("SET", "k", "small")).ShouldBe("+OK");
        (await client.AskAsync("LPUSH", "agent:events:main", Row("small"))).ShouldBe(":1");
    }

    [Fact]
    public async Task Lpush_WhatCameOfIt_IsInTheMetrics()
    {
        await using var fixture = await WithSessionAsync();
        using var text = new PrometheusText(fixture.Metrics);
        var client = fixture.Connect();

        await client.AskAsync("LPUSH", List, "not json", Row("one"), Row("two"));
        await client.AskAsync("LPUSH", List, Row("one"));

        var printed = text.Print();
        printed.ShouldContain("bellhop_events_total{door=\"redis\",outcome=\"accepted\"} 2\n");
        printed.ShouldContain("bellhop_events_total{door=\"redis\",outcome=\"quarantined\"} 1\n");
        printed.ShouldContain("bellhop_events_total{door=\"redis\",outcome=\"duplicate\"} 1\n");
    }

    [Fact]
    public async Task Lrange_MoreThanOneViewLeasedToAnother_ShowsTheNextRows()
    {
        await using var fixture = await WithSessionAsync();
        var (first, second) = (fixture.Connect(), fixture.Connect());
        var padding = new string('x', 1_000_000);
        for (var i = 1; i <= 18; i++)
            await first.AskAsync("LPUSH", List, $$"""{"type":"row-{{i}}","payload":"{{padding}}"}""");

        (await first.AskAsync("LRANGE", List, "0", "-1")).ShouldNotContain("row-17");

        (await second.AskAsync("LRANGE", List, "-1", "-1")).ShouldContain("row-17");
    }

    [Fact]
    public async Task Lpush_BadSessionId_NamesTheRule()
    {
        await using var fixture = await RespFixture.StartAsync();

        (await fixture.Connect().AskAsync("LPUSH", "agent:events:a b", Row("one"))).ShouldStartWith(
            "-ERR 'a b' is not a session id: 1 to 128 of"
        );
    }

    [Fact]
    public async Task Lrange_SessionNobodySaw_ShowsRowsAndDelTakesThem()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();
        await client.AskAsync("LPUSH", List, Row("one"));
        (await StateAsync(fixture, "one")).State.ShouldBe("accepted");

        (await client.AskAsync("LLEN", List)).ShouldBe(":1");
        (await client.AskAsync("LRANGE", List, "0", "-1")).ShouldContain("one");
        fixture.Sessions.IsKnown(SessionId.Parse("pid-7")).ShouldBeFalse("looking is not coming");
        await client.AskAsync("DEL", List);

        (await StateAsync(fixture, "one")).State.ShouldBe("completed");
    }

    [Fact]
    public async Task Lrange_BatchList_IsAnOrdinaryList()
    {
        await using var fixture = await RespFixture.StartAsync();
        var client = fixture.Connect();

        await client.AskAsync("RPUSH", "agent:events:batch", "anything");

        (await client.AskAsync("LRANGE", "agent:events:batch", "0", "-1")).ShouldBe("[\"anything\"]");
        fixture.Store.Counts.Unfinished.ShouldBe(0);
    }

    private static string Row(string id) =>
        "{\"id\":\"" + id + "\",\"type\":\"t." + id + "\",\"source\":\"s\",\"payload\":{},\"ts\":1771372800000}";

    private static async Task<RespFixture> WithSessionAsync()
    {
        var fixture = await RespFixture.StartAsync();
        await fixture.Sessions.JoinAsync(SessionId.Parse("pid-7"), TestContext.Current.CancellationToken);
        return fixture;
    }

    private static async Task AcceptAsync(RespFixture fixture, string row, string session)
    {
        var read = fixture.Reader.Read(System.Text.Encoding.UTF8.GetBytes(row), new EventDefaults());
        await fixture.Inbox.AcceptAsync(
            [(read.Event!, null)],
            SessionId.Parse(session),
            TestContext.Current.CancellationToken
        );
    }

    private static async Task<(string State, string? Note)> StateAsync(RespFixture fixture, string id)
    {
        var receipt = await fixture.Store.FindAsync(id, TestContext.Current.CancellationToken);
        var delivery = receipt!.Deliveries.Single();
        return (delivery.State.Word(), delivery.History[^1].Note);
    }
}
