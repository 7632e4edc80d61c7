using System.Text;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Routing;

public sealed class TerminalLeasesTests : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);
    private static readonly SessionId Satellite = SessionId.Parse("pid-7");

    private readonly ManualTime _time = new();
    private readonly FakeEventStore _store = new();
    private readonly TerminalLeases _terminals;

    public TerminalLeasesTests() =>
        _terminals = new TerminalLeases(
            _store,
            new SessionRegistry(_store),
            new NoRecords(),
            _time,
            NullLogger<TerminalLeases>.Instance
        );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _terminals.Dispose();
        return _store.DisposeAsync();
    }

    [Fact]
    public async Task Renew_ByAnotherTerminal_EndsTheOneBefore()
    {
        await _terminals.RenewAsync(Lease(Satellite, "first", 1), Cancel);
        await _terminals.RenewAsync(Lease(Satellite, "first", 1), Cancel);
        _store.Gone.ShouldBeEmpty();
        await _terminals.RenewAsync(Lease(Satellite, "second", 2), Cancel);
        _store
            .Gone.ShouldHaveSingleItem()
            .ShouldBe((Satellite, "its terminal pid-1 on host box is gone: another terminal has its session"));
        _terminals.Live.ShouldHaveSingleItem().Nonce.ShouldBe("second");
    }

    [Fact]
    public async Task Renew_BySameProcessWithANewNonce_IsTheSameTerminal()
    {
        await _terminals.RenewAsync(Lease(Satellite, "before /reload", 1), Cancel);
        await _terminals.RenewAsync(Lease(Satellite, "after /reload", 1), Cancel);
        _store.Gone.ShouldBeEmpty();
    }

    [Fact]
    public async Task Look_AtTheEndOfALease_EndsThatOneOnly()
    {
        await _terminals.RenewAsync(Lease(Satellite, "a", 1), Cancel);
        _time.Advance(Period / 2);
        await _terminals.RenewAsync(Lease(SessionId.Gateway, "b", 2), Cancel);
        _terminals.NextLook.ShouldBe(_time.GetUtcNow() + (Period / 2));
        _time.Advance(Period / 2);
        await _terminals.LookAsync(Cancel);
        _terminals.Live.ShouldHaveSingleItem().Session.ShouldBe(SessionId.Gateway);
        _store.Gone.ShouldHaveSingleItem().Session.ShouldBe(Satellite);
    }

    [Fact]
    public async Task Look_LongAfterTheEnd_IsTakenForASleepingMachine()
    {
        using var expiry = new TerminalExpiry(
            _terminals,
            _time,
            new FakeApplication(),
            NullLogger<TerminalExpiry>.Instance
        );
        await _terminals.RenewAsync(Lease(Satellite, "a", 1), Cancel);
        await expiry.StartAsync(Cancel);
        await _time.SomebodySleepsAsync();

        _time.Advance(TimeSpan.FromHours(8));
        while (_terminals.Of(Satellite)!.ExpiresAt < _time.GetUtcNow())
            await Task.Yield();
        _store.Gone.ShouldBeEmpty();

        await _time.SomebodySleepsAsync();
        _time.Advance(Period);
        while (_terminals.Of(Satellite) is not null)
            await Task.Yield();
        await expiry.StopAsync(Cancel);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("""{"pid":-1,"host":7,"startedAt":99999999999999999}""")]
    public void Read_OfWhatSaysNothing_IsALeaseAllTheSame(string json)
    {
        var now = _time.GetUtcNow();
        var lease = TerminalLease.Read(Satellite, Encoding.UTF8.GetBytes(json), Period, now + Period, now);
        (lease.Pid, lease.Host, lease.StartedAt, lease.Who).ShouldBe((null, null, null, "a client"));
    }

    private TerminalLease Lease(SessionId session, string nonce, int pid)
    {
        var json = $$"""{"host":"box","pid":{{pid}},"startedAt":1771372800000,"nonce":"{{nonce}}"}""";
        var now = _time.GetUtcNow();
        return TerminalLease.Read(session, Encoding.UTF8.GetBytes(json), Period, now + Period, now);
    }
}
