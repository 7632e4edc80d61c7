using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Rendering;

public class ReceiptViewTests
{
    [Fact]
    public void Write_Completed_TellsTheStoryAndTheAnswer()
    {
        var text = Write(Receipts.Make("completed", null, "line one\nline two"));

        text.ShouldContain("download.complete from cli, 3 s ago");
        text.ShouldContain("→ gateway: completed\n");
        text.ShouldContain("      +0 ms  queued\n     +12 ms  completed\n");
        text.ShouldContain("  reply:\n    line one\n    line two\n");
        text.ShouldNotContain("older");
    }

    [Fact]
    public void Write_OlderOnesWithTheId_AreCounted()
    {
        Write(Receipts.Make("completed", null, null) with { Others = 2 })
            .ShouldEndWith("and 2 older events with this id\n");
    }

    [Fact]
    public void Write_HostileText_ReachesNoTerminal()
    {
        const string hostile = "\e[2J\e]0;x\a\u202e\r";
        var receipt = Receipts.Make("dead", hostile, hostile);
        receipt = receipt with
        {
            Event = receipt.Event with { Type = hostile, Source = hostile, Id = hostile, Origin = hostile },
            Deliveries =
            [
                receipt.Deliveries[0] with
                {
                    Session = hostile,
                    History = [new StepDto("dead", receipt.Event.ArrivedAt, hostile)],
                },
            ],
        };

        Write(receipt).ShouldAllBe(c => c == '\n' || (c >= ' ' && c < '\u007f') || c == '→');
    }

    private static string Write(ReceiptDto receipt)
    {
        var writer = new StringWriter { NewLine = "\n" };
        new ReceiptView(new Paint(false), receipt.Event.ArrivedAt.AddSeconds(3)).Write(writer, receipt);
        return writer.ToString();
    }
}
