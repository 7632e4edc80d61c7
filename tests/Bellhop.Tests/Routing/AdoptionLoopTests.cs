using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Routing;

public sealed class AdoptionLoopTests
{
    private static readonly TimeSpan AdoptAfter = TimeSpan.FromSeconds(100);

    private readonly ManualTime _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Round_AfterTheWait_GivesCentralWhatIsOldEnoughAndNothingElse()
    {
        await using var fixture = await StoreFixture.OpenAsync(_time);
        var logger = NullLogger<AdoptionLoop>.Instance;
        using var loop = new AdoptionLoop(fixture.Store, () => AdoptAfter, _time, new FakeApplication(), logger);
        await loop.StartAsync(Cancel);
        await _time.SomebodySleepsAsync();
        var old = await fixture.AppendAsync(_time, "pid-1");
        _time.Advance(AdoptAfter / 2);
        var young = await fixture.AppendAsync(_time, "pid-2");

        _time.Advance(AdoptAfter * 0.6);

        var adopted = (await fixture.ReachedAsync(old.Key, DeliveryState.Dropped)).Deliveries;
        adopted[0].Reason.ShouldBe("adopted");
        (adopted[0].History[^1].At - old.ArrivedAt).ShouldBeGreaterThanOrEqualTo(AdoptAfter);
        (adopted[1].Session, adopted[1].State).ShouldBe((SessionId.Gateway, DeliveryState.Queued));
        adopted[1].History[^1].Note.ShouldBe("adopted: session pid-1 never came");
        var waiting = (await fixture.FindAsync(young.Key)).Deliveries.ShouldHaveSingleItem();
        waiting.State.ShouldBe(DeliveryState.Accepted);
        await loop.StopAsync(Cancel);
    }
}
