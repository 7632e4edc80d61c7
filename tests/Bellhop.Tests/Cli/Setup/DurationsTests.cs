using Bellhop.Cli.Setup;

namespace Bellhop.Tests.Cli.Setup;

public class DurationsTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    [InlineData("3650d", 315360000)]
    public void TryParse_NumberAndUnit_IsRead(string text, double seconds)
    {
        Durations.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("90")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1h30m")]
    [InlineData("15 m")]
    [InlineData("15M")]
    [InlineData("3651d")]
    [InlineData("9999999999s")]
    [InlineData("99999999999999999999d")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        Durations.TryParse(text, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("90s", "90s")]
    [InlineData("60s", "1m")]
    [InlineData("120m", "2h")]
    [InlineData("48h", "2d")]
    public void Write_Parsed_UsesTheLargestExactUnit(string text, string written)
    {
        Durations.TryParse(text, out var duration).ShouldBeTrue();
        Durations.Write(duration).ShouldBe(written);
    }
}
