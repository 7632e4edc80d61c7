using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Store;

public sealed class RetentionLoopTests
{
    private static readonly TimeSpan Keep = TimeSpan.FromDays(1);

    private readonly ManualTime _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Round_AfterTheTimeKept_DeletesWhatEndedButNeverWhatDidNot()
    {
        await using var fixture = await StoreFixture.OpenAsync(_time);
        var logger = NullLogger<RetentionLoop>.Instance;
        using var loop = new RetentionLoop(fixture.Store, () => Keep, _time, new FakeApplication(), logger);
        await loop.StartAsync(Cancel);
        await _time.SomebodySleepsAsync();
        var ended = await fixture.AppendAsync(_time);
        await CompleteAsync(fixture);
        var unfinished = await fixture.AppendAsync(_time);
        _time.Advance(Keep / 2);
        var young = await fixture.AppendAsync(_time);
        await fixture.Store.TakeAsync([(await fixture.FindAsync(young.Key)).Deliveries[0].Number], "taken", Cancel);

        _time.Advance(Keep * 0.6);

        while (await fixture.Store.FindAsync(ended.Id, Cancel) is not null)
            await Task.Yield();
        (await fixture.FindAsync(unfinished.Key)).Deliveries[0].State.ShouldBe(DeliveryState.Queued);
        (await fixture.FindAsync(young.Key)).Deliveries[0].State.ShouldBe(DeliveryState.Completed);
        await loop.StopAsync(Cancel);
    }

    private static async Task CompleteAsync(StoreFixture fixture)
    {
        var lease = await fixture.Store.LeaseAsync(SessionId.Gateway, new BatchLimits(), Cancel);
        await fixture.Store.InjectedAsync(lease.Turn, true, null, Cancel);
        await fixture.Store.CompleteAsync(lease.Turn, [], null, Cancel);
    }
}
