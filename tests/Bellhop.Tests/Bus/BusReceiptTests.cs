using System.Text;
using Bellhop.Redis.Bridge;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Bus;

public sealed class BusReceiptTests
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
    public void Read_WhatTerminalsSay_IsRead(string row, string session, DeliveryState state, string? name)
    {
        var (receipt, fault) = BusReceipt.Read(Encoding.UTF8.GetBytes(row));

        fault.ShouldBeNull();
        receipt!.Session.Value.ShouldBe(session);
        receipt.State.ShouldBe(state);
        receipt.Name.ShouldBe(name);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"id":"e","state":"injected"}""")]
    [InlineData("""{"id":"e","session":"pid-7","state":"queued?"}""")]
    [InlineData("""{"id":"e","session":"pid-7","state":"dropped"}""")]
    [InlineData("""{"session":"pid-7","state":"injected"}""")]
    public void Read_NoReceipt_SaysWhy(string row)
    {
        var (receipt, fault) = BusReceipt.Read(Encoding.UTF8.GetBytes(row));

        receipt.ShouldBeNull();
        fault.ShouldNotBeNull();
    }

    [Fact]
    public void OwnKey_OfOneTurn_IsAlwaysTheSameAndOfAnotherIsNot()
    {
        var first = Receipt("01M7YRY1W4SHCZVVZJBFYVVNS1", "injected");
        var again = Receipt("01M7YRY1W4SHCZVVZJBFYVVNS1", "completed");
        var other = Receipt("01M7YRY1WQR2RTJFH5CMQ4A4NQ", "completed");

        first.OwnKey(ManualTime.DefaultStart).ShouldBe(again.OwnKey(ManualTime.DefaultStart.AddHours(1)));
        first.OwnKey(ManualTime.DefaultStart).ShouldNotBe(other.OwnKey(ManualTime.DefaultStart));
    }

    private static BusReceipt Receipt(string turn, string state) =>
        BusReceipt
            .Read(
                Encoding.UTF8.GetBytes(
                    $$"""{"event":"{\"type\":\"t\"}","session":"pid-7","state":"{{state}}","turn":"{{turn}}"}"""
                )
            )
            .Receipt!;
}
