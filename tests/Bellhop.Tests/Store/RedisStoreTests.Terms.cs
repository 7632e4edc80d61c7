using Bellhop.Events;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public sealed partial class RedisStoreTests
{
    [Fact]
    public async Task Lease_CentralChangedHands_NamesEveryPromptThatMayHaveTold()
    {
        var store = await OpenAsync();
        await store.AppendAsync([Make.New(Make.Event(Time, "a"), SessionId.Gateway)], Cancel);
        await store.AppendAsync([Make.New(Make.Event(Time, "b"), SessionId.Gateway)], Cancel);
        var first = await UnderAsync(1, store);
        await store.InjectedAsync(first.Turn, told: true, null, Cancel);
        _fence = 2;
        await store.ReleaseAsync(first.Turn, "taken over", forget: false, Cancel);
        var second = await UnderAsync(2, store);
        await store.InjectedAsync(second.Turn, told: true, null, Cancel);
        await store.ReleaseAsync(second.Turn, "an outage", forget: false, Cancel);
        var third = await UnderAsync(2, store);
        _fence = 3;
        await store.ReleaseAsync(third.Turn, "taken over", forget: false, Cancel);

        var fourth = await UnderAsync(3, store);

        second.Continues.ShouldBe(first.Turn);
        second.Elsewhere.ShouldBeEmpty();
        third.Continues.ShouldBe(second.Turn);
        third.Elsewhere.ShouldHaveSingleItem().Turn.ShouldBe(first.Turn);
        fourth.Continues.ShouldBe(second.Turn);
        fourth.Elsewhere.Select(e => e.Turn).ShouldBe([first.Turn, third.Turn]);
        fourth.Elsewhere.ShouldAllBe(e => e.Slots.SequenceEqual(new[] { 1, 2 }));
    }

    private async Task<TurnLease> UnderAsync(long fence, RedisEventStore store)
    {
        _fence = fence;
        await Server.CallAsync("SET", "agent:bellhop:fence", fence);
        return await store.LeaseAsync(SessionId.Gateway, Limits, Cancel);
    }
}
