using System.Net;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Bellhop.Tests.Http;

public sealed class HandoverEndpointTests
{
    [Theory]
    [InlineData("""{"to":"terminal"}""", "terminal")]
    [InlineData("""{"to":"bellhop"}""", "bellhop")]
    [InlineData("", "terminal")]
    public async Task Post_ForGateway_SaysWhatIsSo(string body, string to)
    {
        await using var gateway = await HttpGateway.StartAsync();
        using var response = await gateway.PostAsync("/v1/sessions/main/handover", body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await response.JsonAsync();
        answer.GetProperty("session").GetString().ShouldBe("gateway");
        answer.GetProperty("to").GetString().ShouldBe(to);
        answer.GetProperty("message").GetString().ShouldBe("pi has let go of gateway.");
        gateway.Handover.Asked.ShouldHaveSingleItem().To.ToString().ToLowerInvariant().ShouldBe(to);
    }

    [Fact]
    public async Task Post_ForASessionOfAnotherMachine_ReadsItsName()
    {
        await using var gateway = await HttpGateway.StartAsync();
        await gateway
            .PostAsync("/v1/sessions/box%2Fpid-7/handover", "{\"to\":\"terminal\"}")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "BH-4092");
        gateway.Handover.Asked.ShouldBe([(SessionId.Parse("box/pid-7"), SessionHolder.Terminal)]);
    }

    [Fact]
    public async Task Post_ToATerminal_AsksForItByItsName()
    {
        await using var gateway = await HttpGateway.StartAsync();
        var terminals = gateway.Services.GetRequiredService<TerminalLeases>();
        await terminals.RenewAsync(Lease("pid-7"), TestContext.Current.CancellationToken);
        gateway.Calls.Answer = () => terminals.RenewAsync(Lease("gateway"), TestContext.Current.CancellationToken);

        using var response = await gateway.PostAsync("/v1/sessions/main/handover", """{"to":"pid-7"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await response.JsonAsync();
        answer.GetProperty("to").GetString().ShouldBe("pid-7");
        answer.GetProperty("message").GetString().ShouldBe("pid-7 on host box has gateway.");
        gateway.Calls.Given.ShouldBe([(SessionId.Gateway, "mine")]);
        await gateway
            .PostAsync("/v1/sessions/main/handover", """{"to":"pid-8"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "BH-4092");

        TerminalLease Lease(string session)
        {
            var (now, period) = (gateway.Time.GetUtcNow(), TimeSpan.FromSeconds(15));
            var json =
                """{"host":"box","pid":7,"startedAt":1771372800000,"kind":"pi-terminal","nonce":"mine"}"""u8.ToArray();
            return TerminalLease.Read(SessionId.Parse(session), json, period, now + period, now);
        }
    }

    [Theory]
    [InlineData("/v1/sessions/main/handover", """{"to":"not me"}""", "BH-4001", "to")]
    [InlineData("/v1/sessions/main/handover", """{"to":"\ud800"}""", "BH-4001", "to")]
    [InlineData("/v1/sessions/main/handover", """{"\ud800\ud800":"a"}""", "BH-4001", "to")]
    [InlineData("/v1/sessions/main/handover", "[]", "BH-4001", "to")]
    [InlineData("/v1/sessions/main/handover", "nonsense", "BH-4001", "to")]
    [InlineData("/v1/sessions/no%20name/handover", "", "BH-4006", null)]
    public async Task Post_WhatCannotBeRead_ChangesNothing(string path, string body, string code, string? field)
    {
        await using var gateway = await HttpGateway.StartAsync();
        await gateway.PostAsync(path, body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code, field);
        gateway.Handover.Asked.ShouldBeEmpty();
    }
}
