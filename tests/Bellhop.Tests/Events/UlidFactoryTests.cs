using Bellhop.Events;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Events;

public sealed class UlidFactoryTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Next_InOneMillisecond_StillSorts()
    {
        var factory = new UlidFactory(_time);
        var made = Enumerable.Range(0, 1000).Select(_ => factory.Next().ToString()).ToList();
        made.ShouldBeUnique();
        made.ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
    }

    [Fact]
    public void Next_ClockStepsBack_StillSorts()
    {
        var factory = new UlidFactory(_time);
        var before = factory.Next().ToString();
        _time.ShiftWallClock(TimeSpan.FromHours(-1));
        string.CompareOrdinal(factory.Next().ToString(), before).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Next_ClockGoesOn_CarriesTheTime()
    {
        var factory = new UlidFactory(_time);
        factory.Next();
        _time.Advance(TimeSpan.FromSeconds(5));
        factory.Next().Time.ShouldBe(_time.GetUtcNow());
    }

    [Fact]
    public void Next_EachInAMillisecondOfItsOwn_RepeatsNoRandomPart()
    {
        var factory = new UlidFactory(_time);
        var random = new List<UInt128>();
        for (var i = 0; i < 1000; i++, _time.Advance(TimeSpan.FromMilliseconds(1)))
            random.Add(factory.Next().Value & ((UInt128.One << 80) - 1));
        random.ShouldBeUnique();
    }

    [Fact]
    public void Next_FromManyThreads_IsUnique()
    {
        var factory = new UlidFactory(_time);
        var made = new Ulid[4000];
        Parallel.For(0, made.Length, i => made[i] = factory.Next());
        made.Distinct().Count().ShouldBe(made.Length);
    }
}
