using Bellhop.Cli.Rendering;

namespace Bellhop.Tests.Cli.Rendering;

public sealed class ParagraphTests
{
    [Fact]
    public void Write_TooWide_IsFoldedBetweenWordsUnderItsBeginning() =>
        Write("note  one two three four five six seven eight", 6, 30)
            .ShouldBe("note  one two three four five\n      six seven eight\n");

    [Theory]
    [InlineData(null)]
    [InlineData(25)]
    public void Write_NoWidthOrTooNarrowToFold_IsOneLine(int? width) =>
        Write("note  one two three four five six", 6, width).ShouldBe("note  one two three four five six\n");

    [Fact]
    public void Write_ExactlyAsWide_StaysOneLine() =>
        Write("12345 789 12345 789 12345", 0, 25).ShouldBe("12345 789 12345 789 12345\n");

    [Fact]
    public void Write_WordLongerThanALine_StaysWholeSoThatItCanBeCopied() =>
        Write("see https://example.net/a/very/long/path/indeed for more", 2, 24)
            .ShouldBe("see\n  https://example.net/a/very/long/path/indeed\n  for more\n");

    [Fact]
    public void Write_Colours_TakeNoColumn() =>
        Write("\e[31mALARM\e[0m one two three four five six", 6, 26)
            .ShouldBe("\e[31mALARM\e[0m one two three four\n      five six\n");

    [Fact]
    public void Write_BlanksOfATable_Stay() =>
        Write("  lane     idle since 3 s", 11, 40).ShouldBe("  lane     idle since 3 s\n");

    private static string Write(string text, int indent, int? width)
    {
        var writer = new StringWriter { NewLine = "\n" };
        Paragraph.Write(writer, text, indent, width);
        return writer.ToString();
    }
}
