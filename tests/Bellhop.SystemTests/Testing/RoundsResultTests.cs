namespace Bellhop.SystemTests.Testing;

/// <summary>What is kept must be what was measured, in the place of what was measured before.</summary>
public sealed class RoundsResultTests
{
    private const string Head = "Text.\n\n| harm | rounds |\n|---|---:|";

    private static readonly DateOnly Day = new(2026, 3, 1);

    private static readonly RoundsResult Result = new("cut", 20, 120, 1, 2)
    {
        GivenAgain = 3,
        TakeOvers = [TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)],
        Server = "Redis 7",
    };

    private static readonly string Row =
        $"| cut | 20 | 120 | 1 | 2 | 3 | 2.00 | 3.00 | 2026-03-01, Redis 7, {Environment.ProcessorCount} cores |";

    [Fact]
    public void Into_EmptyTable_AddsTheRow() =>
        Result.Into($"{Head}\n\nEnd.\n", Day).ShouldBe($"{Head}\n{Row}\n\nEnd.\n");

    [Fact]
    public void Into_EarlierRowOfTheHarm_ReplacesItAndNoOther() =>
        Result
            .Into($"{Head}\n| cut | 3 |\n| cut off | 20 |\n\nEnd.\n", Day)
            .ShouldBe($"{Head}\n{Row}\n| cut off | 20 |\n\nEnd.\n");

    [Fact]
    public void Into_NobodyHadToTakeOver_LeavesTheTimesEmpty() =>
        (Result with { TakeOvers = [] }).Into(Head, Day).ShouldContain("| 3 |  |  | 2026-03-01");
}
