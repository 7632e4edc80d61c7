using System.Net;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Tests.Testing;

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

    [Theory]
    [InlineData("/v1/sessions/main/handover", """{"to":"me"}""", "BH-4001", "to")]
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
