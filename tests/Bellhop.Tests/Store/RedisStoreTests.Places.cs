using Bellhop.Redis.Client;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

// Whose data it is that we hear of.
public sealed partial class RedisStoreTests
{
    [Fact]
    public async Task Hear_OfTheSamePrefixInAnotherDatabase_IsNoLoss()
    {
        var (store, second) = (await OpenAsync(), await OpenAsync());
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        var other = await OpenAsync(RedisEndpoint.Parse($"redis://127.0.0.1:{Server.Port}/1"));

        await other.AppendAsync([Make.New(Make.Event(Time)), Make.New(Make.Event(Time))], Cancel);
        await second.AppendAsync([Make.New(Make.Event(Time)), Make.New(Make.Event(Time))], Cancel);

        await UntilAsync(() => store.Counts.Unfinished == 3 || _losses.Count > 0);
        _losses.ShouldBeEmpty();
        (second.Counts.Unfinished, other.Counts.Unfinished).ShouldBe((3, 2));
    }

    [Fact]
    public async Task Hear_OfWhatAnotherGatewayMadeAfterAFlush_IsALoss()
    {
        var (store, second) = (await OpenAsync(), await OpenAsync());
        await store.AppendAsync([Make.New(Make.Event(Time))], Cancel);
        await Server.CallAsync("FLUSHALL");

        await second.AppendAsync([Make.New(Make.Event(Time)), Make.New(Make.Event(Time))], Cancel);

        await UntilAsync(() => store.Counts.Unfinished == 2);
        _losses.Count.ShouldBe(2, "each of the two says so");
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!holds() && TimeProvider.System.GetElapsedTime(start) < Patience)
            await Task.Yield();
        holds().ShouldBeTrue();
    }
}
