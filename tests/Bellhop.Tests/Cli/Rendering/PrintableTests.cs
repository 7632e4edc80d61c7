using Bellhop.Cli.Rendering;

namespace Bellhop.Tests.Cli.Rendering;

public class PrintableTests
{
    [Theory]
    [InlineData("plain äöü 你好 👋", "plain äöü 你好 👋")]
    [InlineData("\e[31mred\e[0m", "\\x1b[31mred\\x1b[0m")]
    [InlineData("\e]0;title\a", "\\x1b]0;title\\x07")]
    [InlineData("\u009b2J", "\\x9b2J")]
    [InlineData("a\r\nb\tc", "a\\r\\nb\\tc")]
    [InlineData("\u202egnp.exe", "\\u{202e}gnp.exe")]
    [InlineData("a\u200bb\u2028c", "a\\u{200b}b\\u{2028}c")]
    [InlineData("\0\u007f", "\\x00\\x7f")]
    [InlineData("👩\u200d💻", "👩\u200d💻")]
    public void Line_WhatATerminalObeys_IsEscaped(string text, string printed)
    {
        Printable.Line(text).ShouldBe(printed);
    }

    [Fact]
    public void Line_HalfACharacter_BecomesTheReplacement()
    {
        Printable.Line("a\ud800b").ShouldBe("a\ufffdb");
    }

    [Fact]
    public void Sentence_ProgramsLines_BecomeOne()
    {
        Printable.Sentence("exit code 3:\nboom\e[2J").ShouldBe("exit code 3: boom\\x1b[2J");
    }

    [Fact]
    public void Lines_Text_KeepsItsLinesAndEscapesTheRest()
    {
        Printable.Lines("one\r\ntwo\e[2J\n\nthree\n").ShouldBe(["one", "two\\x1b[2J", "", "three"]);
    }

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("longer", 5, "long…")]
    [InlineData("你好你好", 5, "你好…")]
    public void Cut_Text_FitsTheColumns(string text, int columns, string cut)
    {
        Printable.Cut(text, columns).ShouldBe(cut);
        Printable.Columns(cut).ShouldBeLessThanOrEqualTo(columns);
    }
}
