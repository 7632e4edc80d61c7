using Bellhop.Cli.Rendering;

namespace Bellhop.Tests.Cli.Rendering;

public class RelativeTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-5, "now")]
    [InlineData(0, "now")]
    [InlineData(3, "3 s ago")]
    [InlineData(119, "119 s ago")]
    [InlineData(120, "2 min ago")]
    [InlineData(7200, "2 h ago")]
    [InlineData(172800, "2 d ago")]
    public void Ago_Seconds_ReadsAsAPersonSaysIt(int seconds, string said)
    {
        RelativeTime.Ago(Now - TimeSpan.FromSeconds(seconds), Now).ShouldBe(said);
    }

    [Theory]
    [InlineData(0, "+0 ms")]
    [InlineData(999, "+999 ms")]
    [InlineData(1500, "+1.5 s")]
    [InlineData(90000, "+90 s")]
    [InlineData(-20, "+0 ms")]
    public void Offset_Milliseconds_ReadsAsAPersonSaysIt(int milliseconds, string said)
    {
        RelativeTime.Offset(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(said);
    }
}
