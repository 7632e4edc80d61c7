using System.Text.Json.Nodes;
using Bellhop.Client;

namespace Bellhop.Tests.ClientPackage;

/// <summary>The package straight into Redis: where it pushes, and what it does when that goes wrong.</summary>
public sealed class RedisPushTests
{
    private readonly ImpatientTime _time = new(new BellhopClientOptions().Timeout);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "gateway", "gateway,pid-7")]
    [InlineData("pid-7", "gateway,pid-7", "gateway,pid-7")]
    [InlineData("pid-8", "gateway", "gateway,pid-7")]
    [InlineData("pid-7", "main,pid-7", "pid-7")]
    [InlineData("gateway", "gateway", "gateway")]
    [InlineData(null, "main", "main")]
    [InlineData("pid-7", "main", "")]
    public async Task Push_Targets_AreCentralAndARegisteredOrigin(string? origin, string expected, string registered)
    {
        var sessions = registered.Split(',', StringSplitOptions.RemoveEmptyEntries);
        await using var redis = new ScriptedRedis(c => ScriptedRedis.Usual(c, sessions));
        await using var client = Client(redis.Url);

        var receipt = await client.PushAsync(
            "a",
            "b",
            new { n = 1 },
            new PushOptions { Id = "x", Origin = origin },
            Cancel
        );

        (receipt.Id, receipt.Key, string.Join(',', receipt.Sessions)).ShouldBe(("x", null, expected));
        var pushed = redis.Commands.Where(c => c[0] == "LPUSH").ToList();
        pushed.Select(c => c[1]).ShouldBe(expected.Split(',').Select(s => $"agent:events:{s}"));
        JsonNode.Parse(pushed[0][2])!["payload"]!["n"]!.GetValue<int>().ShouldBe(1);
        var told = redis.Commands.Where(c => c[0] == "PUBLISH").ToList();
        told.Select(c => c[1]).ShouldBe(expected.Split(',').Select(s => $"agent:notify:{s}"));
        told[0][2].ShouldBe("""{"eventId":"x","type":"a"}""");
        redis.Commands[^1][0].ShouldBe("EXEC");
    }

    [Fact]
    public async Task Dispose_PushesUnderWay_EndsAllOfThem()
    {
        var asked = new TaskCompletionSource();
        await using var redis = new ScriptedRedis(_ =>
        {
            asked.TrySetResult();
            return ""; // never an answer
        });
        var client = Client(redis.Url);
        var pushes = Enumerable.Range(0, 5).Select(_ => client.PushAsync("a", "b", cancel: Cancel)).ToList();
        await asked.Task.WaitAsync(Cancel);

        await client.DisposeAsync();

        foreach (var push in pushes)
        {
            var fault = await Should.ThrowAsync<Exception>(push.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
            (fault is ObjectDisposedException or BellhopUnavailableException).ShouldBeTrue($"{fault}");
        }
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("adopted", true)]
    [InlineData("released", true)]
    [InlineData("night", false)]
    public void IsCompleted_ADeliveryWasDropped_LooksWhetherItMovedOn(string reason, bool expected)
    {
        var outcome = new EventOutcome
        {
            Key = "k",
            IsSettled = true,
            Deliveries =
            [
                new DeliveryOutcome("pid-7", "dropped", reason, []),
                new DeliveryOutcome("gateway", "completed", null, ["done"]),
            ],
        };

        outcome.IsCompleted.ShouldBe(expected);
    }

    [Fact]
    public async Task Push_SignsInAndSelects_OnceAConnection()
    {
        await using var redis = new ScriptedRedis(c => ScriptedRedis.Usual(c));
        await using var client = Client(redis.Url.Replace("//", "//me:p%40ss@") + "/3");

        await client.PushAsync("a", "b", cancel: Cancel);
        await client.PushAsync("a", "b", cancel: Cancel);

        redis.Commands[0].ShouldBe(["AUTH", "me", "p@ss"]);
        redis.Commands[1].ShouldBe(["SELECT", "3"]);
        redis.Commands.Count(c => c[0] == "AUTH").ShouldBe(1);
    }

    [Theory]
    [InlineData("-BUSY BH-4291 Too many events are unfinished\r\n")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n")]
    [InlineData("-READONLY You can't write against a read only replica.\r\n")]
    [InlineData(null)]
    public async Task Push_PassingTrouble_IsTriedAgainWithTheSameId(string? trouble)
    {
        var troubles = 2;
        await using var redis = new ScriptedRedis(c =>
            c[0] == "EXEC" && troubles-- > 0 ? trouble : ScriptedRedis.Usual(c, "gateway")
        );
        await using var client = Client(redis.Url);

        await client.PushAsync("a", "b", cancel: Cancel);

        var rows = redis.Commands.Where(c => c[0] == "LPUSH").Select(c => c[2]).ToList();
        rows.Count.ShouldBe(3);
        rows.Distinct().ShouldHaveSingleItem();
        _time.Waits.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("SMEMBERS", "-NOAUTH Authentication required.\r\n", "NOAUTH")]
    [InlineData("EXEC", "*2\r\n-WRONGTYPE Operation against a key\r\n:0\r\n", "WRONGTYPE")]
    [InlineData("EXEC", "-OOM command not allowed\r\n", "OOM")]
    [InlineData("SMEMBERS", "HTTP/1.1 400 Bad Request\r\n\r\n", "PROTOCOL")]
    public async Task Push_Refused_IsNotTriedAgain(string at, string reply, string code)
    {
        await using var redis = new ScriptedRedis(c => c[0] == at ? reply : ScriptedRedis.Usual(c, "gateway"));
        await using var client = Client(redis.Url);

        var refused = await Should.ThrowAsync<BellhopRefusedException>(client.PushAsync("a", "b", cancel: Cancel));

        refused.Code.ShouldBe(code);
        _time.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Push_NobodyThere_SaysWhatToStartAndHidesThePassword()
    {
        var redis = new ScriptedRedis(_ => null);
        var url = redis.Url.Replace("//", "//:hunter2@");
        await redis.DisposeAsync();
        await using var client = Client(url);

        var gone = await Should.ThrowAsync<BellhopUnavailableException>(client.PushAsync("a", "b", cancel: Cancel));

        gone.Message.ShouldContain("Start Redis there, or Bellhop");
        gone.Message.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("localhost:6379")]
    [InlineData("redis://")]
    [InlineData("redis://me:hunter2@host/zero")]
    public void Create_AddressThatIsNone_SaysHowItLooks(string address)
    {
        var fault = Should.Throw<ArgumentException>(() =>
            new BellhopClient(new BellhopClientOptions { Redis = address })
        );

        fault.Message.ShouldContain("redis://[user:password@]host");
        fault.Message.ShouldNotContain("hunter2");
    }

    private BellhopClient Client(string url) => new(new BellhopClientOptions { Redis = url }, _time);
}
