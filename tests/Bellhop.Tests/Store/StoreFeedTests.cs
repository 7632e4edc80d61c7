using System.Text;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public sealed class StoreFeedTests
{
    private const string Place = "01M7YEK2Z8YQN5VNXE18Z5GGN1";

    private const string Elsewhere = "01M7YEK2Z8YQN5VNXE18Z5GGN2";

    private readonly List<string> _losses = [];
    private readonly StoreFeed _feed;

    public StoreFeedTests()
    {
        _feed = new StoreFeed(new RedisStoreOptions { DataLost = _losses.Add }, new LanePlaces(new ManualTime()));
        _feed.Accept(Place, ReadOnlyMemory<byte>.Empty);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_ThatOvertakeOneAnother_AreToldInOrderAndOnce()
    {
        var reader = _feed.Readers.WatchAsync(Cancel);
        _feed.Accept(Place, Change(version: 2));
        _feed.Hear(Change(version: 3));
        _feed.Hear(Change(version: 1));
        _feed.Accept(Place, Change(version: 1));
        _feed.Hear(Change(version: 2));
        _feed.Accept(Place, Change(version: 3));
        _feed.Readers.Close();
        (await reader.Select(c => c.Delivery).ToListAsync(Cancel)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Counts_OfAnOlderChangeThatComesLate_DoNotReplaceNewerOnes()
    {
        _feed.Hear(Change(version: 2, queued: 5));
        _feed.Accept(Place, Change(version: 1, queued: 4));
        _feed.Counts.Snapshot().Unfinished.ShouldBe(5);
        _feed.Counts.Snapshot().Sessions.ShouldHaveSingleItem().Queued.ShouldBe(5);
    }

    [Fact]
    public async Task Mark_BehindAChangeThatWasNotHeard_EndsTheReaders()
    {
        var reader = _feed.Readers.WatchAsync(Cancel);
        _feed.Hear(Change(version: 1));
        _feed.Hear(Change(version: 3));
        _feed.Hear(Encoding.ASCII.GetBytes($"{Place} 3"));
        var seen = new List<long>();
        await Should.ThrowAsync<StoreException>(async () =>
        {
            await foreach (var change in reader)
                seen.Add(change.Delivery);
        });
        seen.ShouldBe([1, 3]);
    }

    [Fact]
    public async Task Mark_BehindWhatWasHeard_ChangesNothing()
    {
        var reader = _feed.Readers.WatchAsync(Cancel);
        _feed.Hear(Change(version: 1));
        _feed.Hear(Encoding.ASCII.GetBytes($"{Place} 1"));
        _feed.Hear(Change(version: 2));
        _feed.Readers.Close();
        (await reader.Select(c => c.Delivery).ToListAsync(Cancel)).ShouldBe([1, 2]);
    }

    [Fact]
    public void Place_ThatIsAnother_IsALossAndBeginsAnew()
    {
        _feed.Accept(Place, Change(version: 7, queued: 9));
        _losses.ShouldBeEmpty();
        _feed.Accept(Elsewhere, ReadOnlyMemory<byte>.Empty);
        _losses.ShouldHaveSingleItem();
        _feed.Counts.Snapshot().Unfinished.ShouldBe(0);
        _feed.Asked.TryRead(out _).ShouldBeTrue("the state of the new place must be read");
    }

    [Fact]
    public async Task Hear_OfAnotherPlace_AsksOnceAndBelievesOnlyOurOwnAnswers()
    {
        var reader = _feed.Readers.WatchAsync(Cancel);
        _feed.Accept(Place, Change(version: 1, queued: 9));

        foreach (var version in (long[])[1, 2, 8])
            _feed.Hear(Change(version, place: Elsewhere));
        _feed.Asked.TryRead(out _).ShouldBeTrue("it may be what ours became");
        _feed.Accept(Place, ReadOnlyMemory<byte>.Empty);
        _feed.Hear(Encoding.ASCII.GetBytes($"{Elsewhere} 9"));

        _feed.Asked.TryRead(out _).ShouldBeFalse("two gateways must not ask each other for ever");
        _losses.ShouldBeEmpty();
        _feed.Counts.Snapshot().Unfinished.ShouldBe(9);
        _feed.Hear(Change(version: 2));
        _feed.Readers.Close();
        (await reader.Select(c => c.Delivery).ToListAsync(Cancel)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Change_InWhichADeliveryMovedTwice_TellsTheLastStepsOfItsHistory()
    {
        var reader = _feed.Readers.WatchAsync(Cancel);
        _feed.Hear(Change(version: 1, moves: "2"));
        _feed.Readers.Close();
        (await reader.Select(c => (c.State, c.Note)).ToListAsync(Cancel)).ShouldBe([
            (DeliveryState.Accepted, null),
            (DeliveryState.Queued, "n"),
        ]);
    }

    private static byte[] Change(long version, long queued = 1, string moves = "", string place = Place) =>
        Encoding.UTF8.GetBytes(
            $"{place} {version} {queued} 0\nqueued gateway {queued}\n"
                + moves
                + $$"""{"number":{{version}},"event":"{{Place}}","state":2,"session":"gateway","type":"t","source":"s","at":0,"history":[[1,0,0,""],[2,0,0,"n"]]}"""
        );
}
