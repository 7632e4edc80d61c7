using Bellhop.Cli.Rendering;

namespace Bellhop.Tests.Cli.Rendering;

public class TableTests
{
    [Fact]
    public void Write_Rows_AreAligned()
    {
        Write(null, paint: false, ("a", "long text"), ("你好", "b")).ShouldBe("ONE   TWO\na     long text\n你好  b\n");
    }

    [Fact]
    public void Write_NarrowTerminal_CutsTheLastColumn()
    {
        Write(27, paint: false, ("a", "a sentence of some length")).ShouldBe("ONE  TWO\na    a sentence of some le…\n");
    }

    [Fact]
    public void Write_NoRoomForTheLastColumn_PutsItBelowItsRow()
    {
        Write(20, paint: false, ("a", "some reason to read"), ("b", "")).ShouldBe("ONE\na\n  some reason to re…\nb\n");
    }

    [Fact]
    public void Write_Colours_TakeNoColumn()
    {
        Write(null, paint: true, ("dead", "x")).ShouldContain("\e[31mdead\e[0m  x");
    }

    private static string Write(int? width, bool paint, params (string One, string Two)[] rows)
    {
        var (writer, colours) = (new StringWriter { NewLine = "\n" }, new Paint(paint));
        var table = new Table("ONE", "TWO");
        foreach (var (one, two) in rows)
            table.Add((one, paint ? colours.State : null), (two, null));
        table.Write(writer, colours, width);
        return writer.ToString();
    }
}
