using System.Net;
using System.Text.Json;
using Bellhop.Permissions;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Bellhop.Tests.Http;

public sealed class PermissionEndpointsTests
{
    private static readonly PermissionQuestion Question = new(
        "touch x",
        "execute",
        """{"command":"touch x"}""",
        [
            new PermissionOption("once", "This time", PermissionOptionKind.AllowOnce),
            new PermissionOption("always", "Always", PermissionOptionKind.AllowAlways),
            new PermissionOption("no", "No", PermissionOptionKind.RejectOnce),
        ]
    );

    [Fact]
    public async Task List_OneWaits_ShowsAllOfIt()
    {
        await using var gateway = await HttpGateway.StartAsync();
        (await ListAsync(gateway)).ShouldBeEmpty();
        var asked = AskAsync(gateway);

        var shown = (await ListAsync(gateway)).ShouldHaveSingleItem();

        Text(shown, "session").ShouldBe("gateway");
        Text(shown, "turn").ShouldBe("turn-1");
        Text(shown, "title").ShouldBe("touch x");
        Text(shown, "kind").ShouldBe("execute");
        Text(shown, "input").ShouldBe("""{"command":"touch x"}""");
        shown
            .GetProperty("options")[1]
            .GetRawText()
            .ShouldBe("""{"id":"always","name":"Always","kind":"allow_always"}""");
        shown.GetProperty("answers").GetRawText().ShouldBe("""["allow","deny","once","always","no"]""");
        shown.GetProperty("askedAt").GetDateTimeOffset().ShouldBe(ManualTime.DefaultStart);
        shown.GetProperty("expiresAt").GetDateTimeOffset().ShouldBe(ManualTime.DefaultStart.AddMinutes(10));
        asked.IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData("allow", "allowed", "once")]
    [InlineData("always", "allowed", "always")]
    [InlineData("deny", "denied", "no")]
    public async Task Answer_AnyOfItsWords_SettlesItOnce(string word, string decision, string option)
    {
        await using var gateway = await HttpGateway.StartAsync();
        var asked = AskAsync(gateway);
        var path = $"/v1/permissions/{Text((await ListAsync(gateway))[0], "id")}";

        using (var response = await gateway.PostAsync(path, $$"""{"option":"{{word}}"}"""))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            var answer = await response.JsonAsync();
            (Text(answer, "decision"), Text(answer, "option")).ShouldBe((decision, option));
        }

        (await asked).Option!.Id.ShouldBe(option);
        using (var late = await gateway.PostAsync(path, """{"option":"allow"}"""))
        {
            late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            var error = (await late.JsonAsync()).GetProperty("error");
            Text(error, "code").ShouldBe("BH-4093");
            Text(error, "message").ShouldBe($"The permission request is settled already: {decision}.");
        }
        (await ListAsync(gateway)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"option":"perhaps"}""")]
    [InlineData("""{"option":7}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Answer_NoSuchOption_NamesThoseThereAre(string body)
    {
        await using var gateway = await HttpGateway.StartAsync();
        var asked = AskAsync(gateway);
        var id = Text((await ListAsync(gateway))[0], "id");

        using var response = await gateway.PostAsync($"/v1/permissions/{id}", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await response.JsonAsync()).GetProperty("error");
        (Text(error, "code"), Text(error, "field")).ShouldBe(("BH-4001", "option"));
        Text(error, "message").ShouldBe("'option' is one of allow, deny, once, always, no.");
        asked.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Answer_UnknownId_Is404()
    {
        await using var gateway = await HttpGateway.StartAsync();
        await gateway
            .PostAsync("/v1/permissions/a%2Fb", """{"option":"allow"}""")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "BH-4040");
    }

    [Fact]
    public async Task ListAndAnswer_WithoutTheToken_AreRefused()
    {
        await using var gateway = await HttpGateway.StartAsync();
        await gateway.Stranger.GetAsync("/v1/permissions").ShouldRefuseAsync(HttpStatusCode.Unauthorized, "BH-4010");
        await gateway
            .Stranger.PostAsync("/v1/permissions/x", new StringContent("""{"option":"allow"}"""))
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "BH-4010");
    }

    [Fact]
    public async Task List_WithAWait_AnswersWhenSomethingIsAsked()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var timers = gateway.Time.PendingTimers;
        var waiting = ListAsync(gateway, "?wait=30s");
        await UntilAsync(() => gateway.Time.PendingTimers > timers);
        waiting.IsCompleted.ShouldBeFalse();

        _ = AskAsync(gateway);

        (await waiting).ShouldHaveSingleItem();
        (await ListAsync(gateway, "?wait=30s")).ShouldHaveSingleItem("what waits already is no matter of waiting");
    }

    [Fact]
    public async Task List_WithAWaitInVain_IsEmptyInTheEnd()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var timers = gateway.Time.PendingTimers;
        var waiting = ListAsync(gateway, "?wait=10m");
        await UntilAsync(() => gateway.Time.PendingTimers > timers);

        gateway.Time.Advance(TimeSpan.FromMinutes(1));

        (await waiting).ShouldBeEmpty();
        await gateway
            .Http.GetAsync("/v1/permissions?wait=soon")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "BH-4006");
    }

    [Fact]
    public async Task Status_OneWaits_IsItsFirstAlarmAndNamesTheCommands()
    {
        await using var gateway = await HttpGateway.StartAsync();
        _ = AskAsync(gateway);
        var id = Text((await ListAsync(gateway))[0], "id");

        using var response = await gateway.Http.GetAsync("/v1/status");
        var alarm = (await response.JsonAsync()).GetProperty("alarms")[0];

        Text(alarm, "name").ShouldBe($"permission:{id}");
        Text(alarm, "message")
            .ShouldBe(
                "The agent of gateway asks leave and waits until 12:10:00 UTC; answer with: "
                    + $"bellhop permissions allow {id}, or: bellhop permissions deny {id}. It wants to call: touch x"
            );
    }

    private static Task<PermissionOutcome> AskAsync(HttpGateway gateway) =>
        gateway
            .Services.GetRequiredService<PermissionRequests>()
            .AskAsync("gateway", "turn-1", Question, TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);

    private static async Task<List<JsonElement>> ListAsync(HttpGateway gateway, string query = "")
    {
        using var response = await gateway.Http.GetAsync($"/v1/permissions{query}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return [.. (await response.JsonAsync()).GetProperty("permissions").EnumerateArray()];
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static async Task UntilAsync(Func<bool> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!holds() && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(1))
            await Task.Yield();
        holds().ShouldBeTrue();
    }
}
