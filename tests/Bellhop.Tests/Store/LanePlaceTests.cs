using Bellhop.Events;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public sealed class LanePlaceTests : IDisposable
{
    private static readonly Ulid Turn = Ulid.Parse("01M7YEK2Z8YQN5VNXE18Z5GGN1");
    private static readonly TurnLease Lease = new(Turn, SessionId.Gateway, [], null);

    private readonly ManualTime _time = new();
    private readonly LanePlaces _places;
    private readonly LanePlace _place;

    public LanePlaceTests()
    {
        _places = new LanePlaces(_time);
        _place = _places.Enter(SessionId.Gateway, new BatchLimits(), Turn);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Claim_OfALaneThatDoesNotWait_IsRefused()
    {
        _place.TryClaim().ShouldBeFalse();
        _place.Signal();
        await _place.WaitAsync(null, Cancel);
        _place.TryClaim().ShouldBeFalse("it was signalled and looks for itself");
    }

    [Fact]
    public async Task Claim_WhileAnotherHasIt_IsRefused()
    {
        var wait = _place.WaitAsync(null, Cancel);
        _place.TryClaim().ShouldBeTrue();
        _place.TryClaim().ShouldBeFalse();
        _place.Unclaim();
        wait.IsCompleted.ShouldBeFalse();
        _place.TryClaim().ShouldBeTrue();
        _place.Serve(Lease);
        (await wait).ShouldBe(Lease);
    }

    [Fact]
    public async Task Signal_WhileClaimed_EndsTheWaitOnlyAfterIt()
    {
        var wait = _place.WaitAsync(_time.GetUtcNow() + TimeSpan.FromSeconds(1), Cancel);
        _place.TryClaim();
        _time.Advance(TimeSpan.FromSeconds(2));
        wait.IsCompleted.ShouldBeFalse();
        _place.Unclaim();
        (await wait).ShouldBeNull();
    }

    [Fact]
    public async Task Cancel_WhileClaimed_DoesNotLoseTheLease()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var wait = _place.WaitAsync(null, stop.Token);
        _place.TryClaim();
        await stop.CancelAsync();
        wait.IsCompleted.ShouldBeFalse();
        _place.Serve(Lease);
        _place.Unclaim();
        (await wait).ShouldBe(Lease);
    }

    [Fact]
    public async Task Cancel_WhileClaimedForNothing_EndsTheWait()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var wait = _place.WaitAsync(null, stop.Token);
        _place.TryClaim();
        await stop.CancelAsync();
        _place.Unclaim();
        await Should.ThrowAsync<OperationCanceledException>(wait);
    }

    [Fact]
    public void Enter_ASecondTime_IsRefusedUntilTheFirstLeft()
    {
        Should.Throw<StoreException>(() => _places.Enter(SessionId.Gateway, new BatchLimits(), Turn));
        _place.Dispose();
        _places.Enter(SessionId.Gateway, new BatchLimits(), Turn).Dispose();
    }
}
