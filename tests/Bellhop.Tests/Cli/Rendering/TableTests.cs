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
        Write(12, paint: false, ("a", "long text")).ShouldBe("ONE  TWO\na    long t…\n");
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
