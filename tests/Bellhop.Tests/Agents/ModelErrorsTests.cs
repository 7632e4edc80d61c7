using Bellhop.Agents;

namespace Bellhop.Tests.Agents;

public sealed class ModelErrorsTests
{
    [Theory]
    [InlineData("400: {\"message\":\"bad\"}", AgentFailureCause.Turn)]
    [InlineData("404 not here", AgentFailureCause.Turn)]
    [InlineData("413: too large", AgentFailureCause.Turn)]
    [InlineData("422 Unprocessable", AgentFailureCause.Turn)]
    [InlineData("Error: 400 messages: text content blocks must be non-empty", AgentFailureCause.Turn)]
    [InlineData("Error reading response: malformed server-sent event JSON.", AgentFailureCause.Turn)]
    [InlineData("Model stream ended with empty response text.", AgentFailureCause.Turn)]
    [InlineData("something nobody has seen", AgentFailureCause.Turn)]
    [InlineData(null, AgentFailureCause.Turn)]
    [InlineData("401 unauthorized", AgentFailureCause.Outage)]
    [InlineData("403: {}", AgentFailureCause.Outage)]
    [InlineData("429: {\"message\":\"slow down\"}", AgentFailureCause.Outage)]
    [InlineData("500: oops", AgentFailureCause.Outage)]
    [InlineData("503 scripted failure 503", AgentFailureCause.Outage)]
    [InlineData("529 {\"type\":\"overloaded_error\"}", AgentFailureCause.Outage)]
    [InlineData("Connection error.: other side closed (UND_ERR_SOCKET)", AgentFailureCause.Outage)]
    [InlineData("connect ECONNREFUSED 127.0.0.1:1", AgentFailureCause.Outage)]
    [InlineData("Request timed out.", AgentFailureCause.Outage)]
    [InlineData("No API key found for the selected model.", AgentFailureCause.Outage)]
    [InlineData("400 Your credit balance is too low", AgentFailureCause.Outage)]
    [InlineData("404: model `x` not found", AgentFailureCause.Outage)]
    [InlineData("Agent is already processing. Specify streamingBehavior", AgentFailureCause.Outage)]
    public void Classify_WhatProvidersSay_NamesTheCulprit(string? error, AgentFailureCause cause) =>
        ModelErrors.Classify(error, "log in").Cause.ShouldBe(cause);

    [Fact]
    public void Classify_LoginMissing_SaysTheMend() =>
        ModelErrors
            .Classify("No API key found for anthropic.", "run `it` once")
            .Message.ShouldContain("(run `it` once)");

    [Fact]
    public void Classify_PageOfHtml_IsCut() =>
        ModelErrors.Classify(new string('x', 100_000), "log in").Message.Length.ShouldBeLessThan(700);
}
