using System.Text.Json.Nodes;
using Bellhop.Client;
using Bellhop.Tests.Testing;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Tests.ClientPackage;

/// <summary>What the package does when it goes wrong, against a door that is told how to behave.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private const string Push = "POST /v1/events";
    private const string Taken =
        """{"events":[{"key":"01M7YEK2Z8YQN5VNXE18Z5GGNV","id":"x","state":"accepted","duplicate":false,"sessions":["gateway"]}]}""";

    private readonly TemporaryHome _home = new();
    private readonly ImpatientTime _time = new(new BellhopClientOptions().Timeout);
    private readonly Queue<(int Status, string? RetryAfter)> _refusals = [];
    private FakeApi _api = null!;
    private BellhopClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = (await FakeApi.StartAsync(_home.Home)).On(Push, Answer);
        _client = new BellhopClient(new BellhopClientOptions { Home = _home.Home.Folder }, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _api.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Push_BusyGateway_IsTriedAgainWithTheSameIdAndDoublingWaits()
    {
        Refuse((503, null), (429, null), (503, null));

        await _client.PushAsync("a", "b", cancel: Cancel);

        _time.Waits.ShouldBe([
            TimeSpan.FromMilliseconds(200),
            TimeSpan.FromMilliseconds(400),
            TimeSpan.FromMilliseconds(800),
        ]);
        _api.Requests.Select(r => r.Body).Distinct().ShouldHaveSingleItem();
        Guid.TryParseExact((string?)JsonNode.Parse(_api.Requests.First().Body)!["id"], "D", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Push_GatewayNamesAWait_IsHeededUpToTheLongest()
    {
        Refuse((429, "2"), (429, "3600"));

        await _client.PushAsync("a", "b", cancel: Cancel);

        _time.Waits.ShouldBe([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)]);
    }

    [Fact]
    public async Task Push_GatewayStaysBusy_IsRefusedAfterTheLastAttempt()
    {
        Refuse([.. Enumerable.Repeat((429, (string?)null), 9)]);

        var refused = await Should.ThrowAsync<BellhopRefusedException>(_client.PushAsync("a", "b", cancel: Cancel));

        refused.Message.ShouldBe("BH-4291: Full.");
        _api.Requests.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Push_BadEvent_IsNotTriedAgain()
    {
        Refuse((400, null));

        await Should.ThrowAsync<BellhopRefusedException>(_client.PushAsync("a", "b", cancel: Cancel));

        _api.Requests.Count.ShouldBe(1);
        _time.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Push_ConnectionBreaksEveryTime_SaysWhatToStart()
    {
        _api.BreakOn(Push);

        var gone = await Should.ThrowAsync<BellhopUnavailableException>(_client.PushAsync("a", "b", cancel: Cancel));

        gone.Message.ShouldStartWith($"Bellhop is not running in {_home.Home.Folder}. Start it with 'bellhop up'");
        _api.Requests.Count.ShouldBeGreaterThanOrEqualTo(5);
        _api.Requests.Select(r => r.Body).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Push_NobodyThere_SaysWhatToStart()
    {
        using var nowhere = new TempFolder();
        await using var client = new BellhopClient(new BellhopClientOptions { Home = nowhere.Path }, _time);

        var gone = await Should.ThrowAsync<BellhopUnavailableException>(client.PushAsync("a", "b", cancel: Cancel));

        gone.Message.ShouldContain("bellhop up");
        gone.Message.ShouldContain("BellhopClientOptions.Redis");
        gone.Message.ShouldEndWith($"(Nobody listens on {Path.Combine(nowhere.Path, "run", "bellhop.sock")}.)");
        _time.Waits.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("<html>Welcome</html>")]
    [InlineData("""{"events":[]}""")]
    [InlineData("[]")]
    public async Task Push_SomebodyElseAnswers_SaysSo(string page)
    {
        _api.On(Push, page);

        var refused = await Should.ThrowAsync<BellhopRefusedException>(_client.PushAsync("a", "b", cancel: Cancel));

        refused.Code.ShouldBe("PROTOCOL");
        _api.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Push_ProxysError_CarriesItsStatus()
    {
        _api.On(Push, "Bad gateway", 502);

        var refused = await Should.ThrowAsync<BellhopRefusedException>(_client.PushAsync("a", "b", cancel: Cancel));

        refused.Code.ShouldBe("HTTP 502");
    }

    [Fact]
    public async Task Push_Cancelled_StopsTrying()
    {
        using var nowhere = new TempFolder();
        await using var client = new BellhopClient(new BellhopClientOptions { Home = nowhere.Path }, new ManualTime());
        using var enough = new CancellationTokenSource();

        var pushing = client.PushAsync("a", "b", cancel: enough.Token);
        await enough.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(pushing);
    }

    [Fact]
    public async Task Wait_Answers_AreRead()
    {
        _api.On(
            "GET /v1/events/01M7YEK2Z8YQN5VNXE18Z5GGNV",
            """
            {"event":{"key":"01M7YEK2Z8YQN5VNXE18Z5GGNV"},"settled":true,"deliveries":[
              {"session":"gateway","state":"dead","reason":"interrupted","replies":[]},
              {"session":"gateway","state":"completed","reason":null,"replies":[{"text":"one"},{"text":"two"}]}]}
            """
        );
        var receipt = await _client.PushAsync("a", "b", cancel: Cancel);

        var outcome = await _client.WaitAsync(receipt, cancel: Cancel);

        outcome.IsCompleted.ShouldBeTrue();
        outcome.Replies.ShouldBe(["one", "two"]);
        outcome.Deliveries[0].Reason.ShouldBe("interrupted");
    }

    private void Refuse(params (int, string?)[] answers)
    {
        foreach (var answer in answers)
            _refusals.Enqueue(answer);
    }

    private (string Json, int Status) Answer(HttpContext context)
    {
        if (!_refusals.TryDequeue(out var refusal))
            return (Taken, 202);
        if (refusal.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds;
        return ("""{"error":{"code":"BH-4291","message":"Full."}}""", refusal.Status);
    }
}
