using Bellhop.Events;

namespace Bellhop.Tests.Events;

public sealed class DedupeWindowsTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("3f0c5a2e-8d1b-4c6f-9a7e-112233445566")]
    [InlineData("3F0C5A2E-8D1B-4C6F-9A7E-112233445566")]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    public void For_UniqueId_IsSevenDays(string id) =>
        DedupeWindows.For(id, At, trustedId: false).ShouldBe(TimeSpan.FromDays(7));

    [Theory]
    [InlineData("test")]
    [InlineData("build-17")]
    [InlineData("3f0c5a2e-8d1b-4c6f-9a7e-11223344556")]
    public void For_NamedId_IsHalfAnHour(string id) =>
        DedupeWindows.For(id, At, trustedId: false).ShouldBe(TimeSpan.FromMinutes(30));

    [Theory]
    [InlineData("test")]
    [InlineData("3f0c5a2e-8d1b-4c6f-9a7e-112233445566")]
    public void For_UntimedEvent_IsAMinute(string id) =>
        DedupeWindows.For(id, null, trustedId: false).ShouldBe(TimeSpan.FromSeconds(60));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void For_NoId_IsNothing(string? id)
    {
        DedupeWindows.For(id, At, trustedId: false).ShouldBe(TimeSpan.Zero);
        DedupeWindows.For(id, null, trustedId: true).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void For_OurOwnId_IsSevenDaysEvenUntimed() =>
        DedupeWindows.For("42", null, trustedId: true).ShouldBe(TimeSpan.FromDays(7));
}
