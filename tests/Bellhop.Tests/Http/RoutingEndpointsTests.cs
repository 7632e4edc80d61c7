using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Http;

public sealed class RoutingEndpointsTests : IAsyncLifetime
{
    private static readonly RoutingOptions Routing = new()
    {
        Rules =
        [
            new RoutingRule
            {
                Name = "builds",
                Type = "build.*",
                Source = "ci/*",
                Action = RuleAction.Sessions,
                Sessions = [SessionId.Gateway, SessionId.Parse("pid-1")],
            },
            new RoutingRule
            {
                Name = "noise",
                Type = "memory.observed",
                Action = RuleAction.Drop,
            },
            new RoutingRule
            {
                Name = "night",
                Type = "report.*",
                Action = RuleAction.Hold,
            },
        ],
    };

    private HttpGateway _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateway = await HttpGateway.StartAsync(routing: Routing);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Explain_RuleMatches_SaysWhichAndWhereItWouldGo()
    {
        var explained = await ExplainAsync("""{"event":{"type":"build.broken","source":"ci/main"}}""");

        explained.Outcome.ShouldBe("delivered");
        explained.Basis.ShouldBe("rule");
        explained.Rule.ShouldBe(new RuleDto("builds", "build.*", "ci/*", "sessions", 1));
        explained
            .Sessions.Select(s => (s.Session, s.State, s.Known))
            .ShouldBe([("gateway", "queued", true), ("pid-1", "accepted", false)]);
        explained.Because.ShouldBe([
            "Rule builds (number 1) decides: its type build.* fits build.broken, its source ci/* fits ci/main. "
                + "It goes to exactly the sessions that the rule names: gateway and pid-1.",
            "It has no id, so it is never taken for a repetition.",
            "gateway: no agent of ours serves it; 0 events wait for its terminal.",
            "pid-1: was never seen. The event waits for it; after 10 minutes central takes it.",
        ]);
        _gateway.Store.Appended.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"event":{"type":"memory.observed"}}""", "dropped", "nobody is disturbed")]
    [InlineData("""{"event":{"type":"report.ready"}}""", "held", "until 'bellhop release night'")]
    [InlineData("""{"event":{"type":"a"}}""", "delivered", "None of the 3 rules matches type a and source unknown.")]
    [InlineData("""{"event":{"type":"a","origin":"pid-7"}}""", "delivered", "pid-7 gets what it started")]
    [InlineData("""{"event":{"type":"memory.observed"},"list":"pid-7"}""", "delivered", "is an exact address")]
    [InlineData("""{"event":{"type":"memory.observed"},"list":"main"}""", "dropped", "Rule noise (number 2) decides")]
    public async Task Explain_EveryBasis_IsSaid(string body, string outcome, string word)
    {
        var explained = await ExplainAsync(body);

        explained.Outcome.ShouldBe(outcome);
        explained.Because[0].ShouldContain(word);
    }

    [Fact]
    public async Task Explain_WhatIsKnown_IsARepetitionForARestOfItsWindow()
    {
        await _gateway.PostAsync("/v1/events", """{"id":"nightly","type":"a","ts":1771372800000}""");
        _gateway.Time.Advance(TimeSpan.FromMinutes(10));

        var explained = await ExplainAsync("""{"event":{"id":"nightly","type":"a","ts":1771372800000}}""");

        explained.Outcome.ShouldBe("duplicate");
        var repeated = explained.Repeats.ShouldNotBeNull();
        repeated.Key.ShouldBe(_gateway.Store.Appended[0].Event.Key.ToString());
        repeated.Until.ShouldBe(repeated.ArrivedAt + DedupeWindows.Named);
        explained
            .Because[1]
            .ShouldContain("arrived 10 minutes ago, and would do so for another 20 minutes: nothing is");
        explained.Sessions.ShouldHaveSingleItem().State.ShouldBe("known");
    }

    [Fact]
    public async Task Explain_KnownButNotThere_WouldBeAdded()
    {
        await _gateway.PostAsync("/v1/events", """{"id":"nightly","type":"a","ts":1771372800000}""");

        var explained = await ExplainAsync(
            """{"event":{"id":"nightly","type":"a","ts":1771372800000},"list":"pid-7"}"""
        );

        explained.Outcome.ShouldBe("delivered");
        explained.Because[1].ShouldContain("only pid-7 has none of it yet");
    }

    [Fact]
    public async Task Explain_AStoredEvent_TellsHowItStandsToo()
    {
        await _gateway.PostAsync("/v1/events", """{"id":"nightly","type":"report.ready","ts":1771372800000}""");

        var explained = await ExplainAsync("""{"id":"nightly"}""");

        explained.Deliveries.ShouldBe([new StoodDto("hold/night", "queued", null)]);
        explained.Because[0].ShouldContain("hold/night queued. Pushed again now");
        explained.Outcome.ShouldBe("duplicate");
    }

    [Theory]
    [InlineData("""{"id":"nobody"}""", HttpStatusCode.NotFound, "BH-4040")]
    [InlineData("""{}""", HttpStatusCode.BadRequest, "BH-4001")]
    [InlineData("""{"event":{}}""", HttpStatusCode.BadRequest, "BH-4001")]
    [InlineData("""{"event":[]}""", HttpStatusCode.BadRequest, "BH-4004")]
    [InlineData("""{"event":{"type":"a"},"list":"a b"}""", HttpStatusCode.BadRequest, "BH-4001")]
    [InlineData("""{"id":"\ud800"}""", HttpStatusCode.BadRequest, "BH-4005")]
    [InlineData("""{"\ud800\ud800":"a"}""", HttpStatusCode.BadRequest, "BH-4001")]
    [InlineData("""{"event":{"type":"a"},"list":"\ud800"}""", HttpStatusCode.BadRequest, "BH-4005")]
    [InlineData("""{"event":{"type":"\ud800"}}""", HttpStatusCode.BadRequest, "BH-4005")]
    [InlineData("[]", HttpStatusCode.BadRequest, "BH-4004")]
    [InlineData("{", HttpStatusCode.BadRequest, "BH-4000")]
    public async Task Explain_BadQuestion_IsRefused(string body, HttpStatusCode status, string code)
    {
        using var answer = await _gateway.PostAsync("/v1/explain", body);

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain(code);
    }

    [Fact]
    public async Task Post_HeldAndDropped_AnswerSaysWhoHasIt()
    {
        using var held = await _gateway.PostAsync("/v1/events", """{"type":"report.ready"}""");
        var events = (await held.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("events");

        events[0].GetProperty("sessions")[0].GetString().ShouldBe("hold/night");
    }

    [Fact]
    public async Task Release_OneEvent_RoutesItWithoutTheHold()
    {
        await _gateway.PostAsync("/v1/events", """{"id":"nightly","type":"report.ready"}""");

        using var answer = await _gateway.PostAsync("/v1/release", """{"of":"nightly"}""");

        (await answer.Content.ReadFromJsonAsync(BellhopJson.Default.ReleasedDto, Cancel)).ShouldBe(
            new ReleasedDto("nightly", 1)
        );
        var reroute = _gateway.Store.Rerouted.ShouldHaveSingleItem();
        reroute.Targets.ShouldHaveSingleItem().Session.ShouldBe(SessionId.Gateway);
    }

    [Theory]
    [InlineData("""{"of":"night"}""", HttpStatusCode.OK)]
    [InlineData("""{"of":"noise"}""", HttpStatusCode.NotFound)]
    [InlineData("""{}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"of":"\ud800"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"\ud800":"a"}""", HttpStatusCode.BadRequest)]
    public async Task Release_NothingHeld_SaysSo(string body, HttpStatusCode status)
    {
        using var answer = await _gateway.PostAsync("/v1/release", body);

        answer.StatusCode.ShouldBe(status);
    }

    private async Task<ExplanationDto> ExplainAsync(string body)
    {
        using var answer = await _gateway.PostAsync("/v1/explain", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
        return (await answer.Content.ReadFromJsonAsync(BellhopJson.Default.ExplanationDto, Cancel)).ShouldNotBeNull();
    }
}
