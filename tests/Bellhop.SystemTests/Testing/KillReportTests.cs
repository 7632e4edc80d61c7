namespace Bellhop.SystemTests.Testing;

/// <summary>The verdict over the kill test must be able to be guilty.</summary>
public sealed class KillReportTests
{
    private static readonly PushedEvent First = new(0, 1, "a");
    private static readonly PushedEvent Second = new(0, 2, "b");
    private static readonly string Both = $"{First.Json(new Random(1))}\n{Second.Json(new Random(1))}";

    [Fact]
    public void Of_EachToldOnceAndCompleted_IsClean()
    {
        var report = Report([Both], Done(First, "T1"), Done(Second, "T1"));

        report.Lost.ShouldBeEmpty();
        report.Untold.ShouldBeEmpty();
        report.Twice.ShouldBeEmpty();
        report.OutOfOrder.ShouldBeEmpty();
        report.WrongReply.ShouldBeEmpty();
        report.Prompts.ShouldBe(1);
    }

    [Fact]
    public void Of_UnknownDeadOrWithoutReply_IsLost()
    {
        Report([Both], null, Done(Second, "T1")).Lost.Single().ShouldStartWith(First.Mark);
        Report([Both], Receipt("dead", "T1", "ok"), Done(Second, "T1")).Lost.Single().ShouldStartWith(First.Mark);
        Report([Both], Receipt("completed", "T1", ""), Done(Second, "T1")).Lost.Single().ShouldStartWith(First.Mark);
    }

    [Fact]
    public void Of_TwoPromptsWithOneMark_IsTwice() =>
        Report([Both, Second.Mark], Done(First, "T1"), Done(Second, "T1")).Twice.Single().ShouldContain("2 times");

    [Fact]
    public void Of_NoPromptWithAMark_IsUntold() =>
        Report([First.Mark], Done(First, "T1"), Done(Second, "T1")).Untold.ShouldBe([Second.Mark]);

    [Fact]
    public void Of_LaterBeforeEarlier_IsOutOfOrder() =>
        Report([Second.Mark, First.Mark], Done(First, "T2"), Done(Second, "T1")).OutOfOrder.ShouldHaveSingleItem();

    [Fact]
    public void Of_ReplyOfAnotherTurn_IsWrong() =>
        Report([Both], Receipt("completed", "T1", $"ok {Second.Mark}"), Done(Second, "T2"))
            .WrongReply.ShouldBe([First.Mark]);

    private static KillReport Report(string[] messages, EventReceipt? first, EventReceipt? second) =>
        KillReport.Of(
            [First, Second],
            new Dictionary<string, EventReceipt?> { [First.Mark] = first, [Second.Mark] = second },
            messages
        );

    private static EventReceipt Done(PushedEvent e, string turn) => Receipt("completed", turn, $"ok {e.Mark}");

    private static EventReceipt Receipt(string state, string turn, string reply) =>
        new("K", "I", 0, [new DeliveryReceipt("gateway", state, 0, turn, [], reply)], "");
}
