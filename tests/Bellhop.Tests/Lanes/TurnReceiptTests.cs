using Bellhop.Events;
using Bellhop.Lanes;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Lanes;

public sealed class TurnReceiptTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private StoreFixture _store = null!;
    private Event _event = null!;
    private TurnReceipt _receipt = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StoreFixture.OpenAsync(_time);
        _event = Make.Event(_time);
        await _store.Store.AppendAsync([Make.New(_event)], default);
        var lease = await _store.Store.LeaseAsync(SessionId.Gateway, new BatchLimits(), default);
        _receipt = new TurnReceipt(_store.Store, lease.Turn, told: true, _time);
    }

    public async ValueTask DisposeAsync()
    {
        _receipt.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Give_TurnLasts_IsJournalledAfterTheMoment()
    {
        _receipt.Give();
        (await StateAsync()).ShouldBe(DeliveryState.Injecting);

        _time.Advance(TurnReceipt.Patience);

        await _store.ReachedAsync(_event.Key, DeliveryState.Injected);
        (await _receipt.WasJournalledAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Give_TurnIsOverBefore_IsLeftToTheCallerForGood()
    {
        _receipt.Give();

        (await _receipt.WasJournalledAsync()).ShouldBeFalse();
        _time.Advance(TurnReceipt.Patience);

        (await StateAsync()).ShouldBe(DeliveryState.Injecting);
    }

    [Fact]
    public async Task Journal_BeforeAndAfterTheMoment_IsWrittenOnce()
    {
        _receipt.Give();
        _receipt.Give();

        await _receipt.JournalAsync();
        _time.Advance(TurnReceipt.Patience);
        await _receipt.JournalAsync();

        (await _receipt.WasJournalledAsync()).ShouldBeTrue();
        (await _store.FindAsync(_event.Key))
            .Deliveries[0]
            .History.Count(h => h.State == DeliveryState.Injected)
            .ShouldBe(1);
    }

    [Fact]
    public async Task WasJournalled_NoReceipt_IsNot() => (await _receipt.WasJournalledAsync()).ShouldBeFalse();

    private async Task<DeliveryState> StateAsync() => (await _store.FindAsync(_event.Key)).Deliveries[0].State;
}
