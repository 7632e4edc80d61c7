using System.Text;
using System.Text.Json.Nodes;
using Bellhop.Client;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.ClientPackage;

/// <summary>The package against Bellhop's own HTTP door.</summary>
public sealed class BellhopClientTests : IAsyncLifetime
{
    private HttpGateway _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateway = await HttpGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Push_ByAddressAndToken_IsKeptWithAReceipt()
    {
        await using var client = ByAddress();

        var receipt = await client.PushAsync("download.complete", "tests", new { File = "video.mp4" }, cancel: Cancel);

        var e = _gateway.Store.Appended.ShouldHaveSingleItem().Event;
        receipt.ShouldSatisfyAllConditions(
            r => r.Id.ShouldBe(e.Id),
            r => r.Key.ShouldBe(e.Key.ToString()),
            r => r.Duplicate.ShouldBeFalse(),
            r => r.Sessions.ShouldBe(["gateway"])
        );
        (e.Type, e.Source).ShouldBe(("download.complete", "tests"));
        e.DedupeWindow.ShouldBe(DedupeWindows.Unique);
        JsonNode.Parse(e.Body.Span)!["payload"]!.ToJsonString().ShouldBe("""{"file":"video.mp4"}""");
    }

    [Fact]
    public async Task Push_WithOptions_CarriesThem()
    {
        await using var client = ByAddress(o => o with { Origin = "pid-1" });
        var at = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

        await client.PushAsync(
            "a",
            "b",
            null,
            new PushOptions
            {
                Id = "x",
                Origin = "pid-7",
                OccurredAt = at,
            },
            Cancel
        );
        await client.PushAsync("a", "b", cancel: Cancel);

        var events = _gateway.Store.Appended.ConvertAll(a => a.Event);
        (events[0].Id, events[0].Origin, events[0].OccurredAt).ShouldBe(("x", SessionId.Parse("pid-7"), at));
        JsonNode.Parse(events[0].Body.Span)!["payload"]!.ToJsonString().ShouldBe("{}");
        events[1].Origin.ShouldBe(SessionId.Parse("pid-1"));
    }

    [Fact]
    public async Task Push_ByTheHomesSocket_NeedsNoToken()
    {
        using var home = new TempFolder();
        Directory.CreateSymbolicLink(Path.Combine(home.Path, "run"), Path.GetDirectoryName(_gateway.SocketPath)!);
        await using var client = new BellhopClient(new BellhopClientOptions { Home = home.Path });

        await client.PushAsync("a", "b", cancel: Cancel);

        _gateway.Store.Appended.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Push_ByTheAnnouncedAddress_SendsTheHomesToken()
    {
        using var home = new TempFolder();
        Directory.CreateDirectory(Path.Combine(home.Path, "run"));
        File.WriteAllText(
            Path.Combine(home.Path, "run", "endpoints.json"),
            $$"""{"pid":1,"http":"http://127.0.0.1:{{_gateway.Port}}","resp":null}"""
        );
        File.WriteAllText(Path.Combine(home.Path, "token"), _gateway.Token + "\n");
        await using var client = new BellhopClient(new BellhopClientOptions { Home = home.Path });

        await client.PushAsync("a", "b", cancel: Cancel);

        _gateway.Store.Appended.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Push_WrongToken_IsRefusedAtOnce()
    {
        await using var client = ByAddress(o => o with { Token = "wrong" });

        var refused = await Should.ThrowAsync<BellhopRefusedException>(client.PushAsync("a", "b", cancel: Cancel));

        refused.Code.ShouldBe("BH-4010");
    }

    [Theory]
    [InlineData("text")]
    [InlineData(5)]
    [InlineData(new[] { 1, 2 })]
    public async Task Push_PayloadThatIsNoObject_IsTheCallersFault(object payload)
    {
        await using var client = ByAddress();

        var fault = await Should.ThrowAsync<ArgumentException>(() =>
            client.PushAsync("a", "b", payload, cancel: Cancel)
        );

        fault.Message.ShouldContain("Wrap it");
        _gateway.Store.Appended.ShouldBeEmpty();
    }

    [Fact]
    public async Task Push_BeyondTheLimits_IsTheCallersFault()
    {
        await using var client = ByAddress();
        var large = new { text = new string('x', 1024 * 1024) };

        var fault = await Should.ThrowAsync<ArgumentException>(() => client.PushAsync("a", "b", large, cancel: Cancel));
        fault.Message.ShouldContain("send its path");
        await Should.ThrowAsync<ArgumentException>(() => client.PushAsync("", "b", cancel: Cancel));
        await Should.ThrowAsync<ArgumentException>(() => client.PushAsync("a", new string('b', 257), cancel: Cancel));

        _gateway.Store.Appended.ShouldBeEmpty();
    }

    [Fact]
    public async Task Push_AddressWithAPath_StaysUnderIt()
    {
        await using var client = ByAddress(o => o with { Url = new Uri(_gateway.Http.BaseAddress!, "/elsewhere") });

        var refused = await Should.ThrowAsync<BellhopRefusedException>(client.PushAsync("a", "b", cancel: Cancel));

        refused.Code.ShouldBe("BH-4040");
    }

    [Fact]
    public async Task Wait_UntilItSettles_TellsHowItEnded()
    {
        await using var client = ByAddress();
        var receipt = await client.PushAsync("a", "b", cancel: Cancel);

        var waiting = client.WaitAsync(receipt, cancel: Cancel);
        // The door's wait watches the store, as the metrics have done from the start.
        await _gateway.Store.SomebodyWatchesAsync(Cancel);
        waiting.IsCompleted.ShouldBeFalse();
        _gateway.Store.Move(receipt.Id, DeliveryState.Completed, _gateway.Time.GetUtcNow());

        var outcome = await waiting;
        (outcome.Key, outcome.IsSettled, outcome.IsCompleted).ShouldBe((receipt.Key!, true, true));
        outcome.Deliveries.ShouldHaveSingleItem().State.ShouldBe("completed");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_ForAsLongAsItTakes_EndsWithTheEvent(bool attemptsTooMayTakeForEver)
    {
        await using var client = ByAddress(o =>
            attemptsTooMayTakeForEver ? o with { Timeout = Timeout.InfiniteTimeSpan } : o
        );
        var receipt = await client.PushAsync("a", "b", cancel: Cancel);

        var waiting = client.WaitAsync(receipt, Timeout.InfiniteTimeSpan, Cancel);
        await _gateway.Store.SomebodyWatchesAsync(Cancel);
        waiting.IsCompleted.ShouldBeFalse();
        _gateway.Store.Move(receipt.Id, DeliveryState.Completed, _gateway.Time.GetUtcNow());

        (await waiting).IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Push_PayloadThatNeverEnds_IsAnArgumentFault()
    {
        await using var client = ByAddress();
        var circle = new List<object>();
        circle.Add(circle);

        await Should.ThrowAsync<ArgumentException>(() => client.PushAsync("a", "b", new { circle }, cancel: Cancel));
    }

    [Fact]
    public async Task Wait_TimeIsUp_SaysHowItStands()
    {
        await using var client = ByAddress();
        var receipt = await client.PushAsync("a", "b", cancel: Cancel);

        var outcome = await client.WaitAsync(receipt, TimeSpan.Zero, Cancel);

        (outcome.IsSettled, outcome.IsCompleted).ShouldBe((false, false));
        outcome.Deliveries.ShouldHaveSingleItem().State.ShouldBe("queued");
    }

    [Fact]
    public async Task Wait_EventThatIsNotKept_IsRefused()
    {
        await using var client = ByAddress();
        var receipt = new PushReceipt
        {
            Id = "x",
            Key = Ulid.Create(default, 1).ToString(),
            Sessions = [],
        };

        var refused = await Should.ThrowAsync<BellhopRefusedException>(client.WaitAsync(receipt, cancel: Cancel));

        refused.Code.ShouldBe("BH-4040");
    }

    [Fact]
    public async Task Wait_EventOnItsWayThroughRedis_IsAskedForAgain()
    {
        var time = new ImpatientTime(new BellhopClientOptions().Timeout);
        await using var client = new BellhopClient(
            new BellhopClientOptions { Url = _gateway.Http.BaseAddress, Token = _gateway.Token },
            time
        );
        var receipt = new PushReceipt { Id = "x", Sessions = ["gateway"] };

        var waiting = client.WaitAsync(receipt, cancel: Cancel);
        while (time.Waits.Count == 0)
            await Task.Yield();
        await _gateway.PostAsync("/v1/events", Encoding.UTF8.GetBytes("""{"id":"x","type":"a","source":"b"}"""));
        await _gateway.Store.SomebodyWatchesAsync(Cancel);
        _gateway.Store.Move("x", DeliveryState.Dead, _gateway.Time.GetUtcNow());

        var outcome = await waiting;
        (outcome.IsSettled, outcome.IsCompleted).ShouldBe((true, false));
    }

    private BellhopClient ByAddress(Func<BellhopClientOptions, BellhopClientOptions>? change = null)
    {
        var options = new BellhopClientOptions { Url = _gateway.Http.BaseAddress, Token = _gateway.Token };
        return new BellhopClient(change?.Invoke(options) ?? options);
    }
}
