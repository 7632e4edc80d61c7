using Bellhop.Events;

namespace Bellhop.Tests.Events;

public sealed class UlidTests
{
    [Fact]
    public void Parse_TheSpecsExample_KeepsTimeAndText()
    {
        // From https://github.com/ulid/spec.
        var ulid = Ulid.Parse("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        ulid.Time.ToUnixTimeMilliseconds().ShouldBe(1469922850259);
        ulid.ToString().ShouldBe("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        Ulid.Parse("01arz3ndektsv4rrffq69g5fav").ShouldBe(ulid);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FA")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAVX")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAU")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FA-")]
    [InlineData("81ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FA\u0130")]
    public void TryParse_NoUlid_IsFalse(string? text)
    {
        Ulid.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => Ulid.Parse(text!));
    }

    [Theory]
    [InlineData("00000000000000000000000000")]
    [InlineData("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    public void Parse_TheEnds_RoundTrip(string text) => Ulid.Parse(text).ToString().ShouldBe(text);

    [Fact]
    public void ToString_LaterTime_SortsLater()
    {
        var at = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var texts = Enumerable
            .Range(0, 100)
            .Select(i => Ulid.Create(at.AddMilliseconds(i), (UInt128)(100 - i)).ToString());
        texts.ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
    }

    [Fact]
    public void Time_BeyondTheCalendar_IsItsEnd() => Ulid.Parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").Time.Year.ShouldBe(9999);
}
