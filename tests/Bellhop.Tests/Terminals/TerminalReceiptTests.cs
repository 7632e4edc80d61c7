using System.Text;
using Bellhop.Redis.Bridge;
using Bellhop.Redis.Terminals;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Terminals;

public sealed class TerminalReceiptTests
{
    [Theory]
    [InlineData("""{"id":"e","session":"main","state":"injected"}""", "gateway", DeliveryState.Injected, "e")]
    [InlineData(
        """{"key":"k","id":"e","session":"box/pid-7","state":"dead","note":"x"}""",
        "box/pid-7",
        DeliveryState.Dead,
        "k"
    )]
    [InlineData(
        """{"event":"{\"type\":\"t\"}","session":"pid-7","state":"completed"}""",
        "pid-7",
        DeliveryState.Completed,
        null
    )]
    [InlineData(
        """{"id":"e","session":"pid-7","state":"dead","note":"cut \ud83d","\ud800\ud800\ud800":1}""",
        "pid-7",
        DeliveryState.Dead,
        "e"
    )]
    public void Read_WhatTerminalsSay_IsRead(string row, string session, DeliveryState state, string? name)
    {
        var (receipt, fault) = TerminalReceipt.Read(Encoding.UTF8.GetBytes(row));

        fault.ShouldBeNull();
        receipt!.Session.Value.ShouldBe(session);
        receipt.State.ShouldBe(state);
        receipt.KeyOrId.ShouldBe(name);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"id":"e","state":"injected"}""")]
    [InlineData("""{"id":"e","session":"pid-7","state":"queued?"}""")]
    [InlineData("""{"id":"e","session":"pid-7","state":"dropped"}""")]
    [InlineData("""{"session":"pid-7","state":"injected"}""")]
    [InlineData("""{"id":7,"session":"pid-7","state":"injected"}""")]
    [InlineData("""{"id":"e","session":"pid-7","state":"injected","turn":"of my own"}""")]
    [InlineData("""{"id":"\ud800","session":"pid-7","state":"injected"}""")]
    [InlineData("""{"key":"\ud800","session":"pid-7","state":"injected"}""")]
    [InlineData("""{"event":"\ud800","session":"pid-7","state":"injected"}""")]
    [InlineData("""{"id":"e","session":"pid-7","state":"injected","turn":"\ud800"}""")]
    [InlineData("""{"id":"e","session":"\ud800","state":"injected"}""")]
    public void Read_NoReceipt_SaysWhy(string row)
    {
        var (receipt, fault) = TerminalReceipt.Read(Encoding.UTF8.GetBytes(row));

        receipt.ShouldBeNull();
        fault.ShouldNotBeNull().ShouldStartWith("BH-400");
    }

    [Fact]
    public void Key_OfOneTurn_IsAlwaysTheSameAndOfAnotherIsNot()
    {
        var now = ManualTime.DefaultStart;
        var first = Said("01M7YRY1W4SHCZVVZJBFYVVNS1", "injected");
        var again = Said("01M7YRY1W4SHCZVVZJBFYVVNS1", "completed");
        var other = Said("01M7YRY1WQR2RTJFH5CMQ4A4NQ", "completed");

        UnnamedEvent.Key(first, now).ShouldBe(UnnamedEvent.Key(again, now.AddHours(1)));
        UnnamedEvent.Key(first, now).ShouldNotBe(UnnamedEvent.Key(other, now));
    }

    private static TerminalReceipt Said(string turn, string state) =>
        TerminalReceipt
            .Read(
                Encoding.UTF8.GetBytes(
                    $$"""{"event":"{\"type\":\"t\"}","session":"pid-7","state":"{{state}}","turn":"{{turn}}"}"""
                )
            )
            .Receipt!;
}
