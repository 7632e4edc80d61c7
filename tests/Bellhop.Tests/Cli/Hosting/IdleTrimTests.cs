using Bellhop.Cli.Hosting;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Cli.Hosting;

public sealed class IdleTrimTests : IAsyncLifetime
{
    private const long MiB = 1024 * 1024;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new();
    private readonly FakeEventStore _store = new();
    private readonly SemaphoreSlim _looked = new(0);
    private readonly IdleTrim _trim;
    private long _allocated = 100 * MiB;
    private int _collections;

    public IdleTrimTests() =>
        _trim = new IdleTrim(_store, _time, new FakeApplication(), NullLogger<IdleTrim>.Instance)
        {
            Allocated = () =>
            {
                var allocated = _allocated;
                _looked.Release();
                return allocated;
            },
            Collect = () => _collections++,
        };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _trim.StartAsync(Cancel);
        await _time.SomebodySleepsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _trim.StopAsync(Cancel);
        _trim.Dispose();
        _looked.Dispose();
    }

    [Fact]
    public async Task Round_IdleAfterABurst_CollectsOnce()
    {
        await RoundAsync();
        await RoundAsync();
        await RoundAsync();

        _collections.ShouldBe(1);
    }

    [Fact]
    public async Task Round_AnotherBurst_CollectsAgain()
    {
        await RoundAsync();
        _allocated += MiB;
        await RoundAsync();
        _collections.ShouldBe(1, "a MiB is not worth it");

        _allocated += MiB;
        await RoundAsync();
        await RoundAsync();

        _collections.ShouldBe(2);
    }

    [Fact]
    public async Task Round_WorkUnderWay_WaitsForItsEnd()
    {
        _store.Counts = new StoreCounts(1, 0, []);
        await RoundAsync();
        await RoundAsync();
        _collections.ShouldBe(0);

        _store.Counts = new StoreCounts(0, 0, []);
        await RoundAsync();
        await RoundAsync();

        _collections.ShouldBe(1);
    }

    /// <summary>Returns when a round has begun; then all before it are over.</summary>
    private async Task RoundAsync()
    {
        _time.Advance(Period);
        await _looked.WaitAsync(Cancel);
    }
}
