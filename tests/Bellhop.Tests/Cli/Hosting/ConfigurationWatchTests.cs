using Bellhop.Cli.Hosting;
using Bellhop.Diagnostics;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Cli.Hosting;

public sealed class ConfigurationWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    private readonly TemporaryHome _home = new();
    private readonly ManualTime _time = new();
    private readonly FakeReload _reload = new();
    private readonly Alarms _alarms;
    private readonly ConfigurationWatch _watch;

    public ConfigurationWatchTests()
    {
        _alarms = new Alarms(_time, NullLogger<Alarms>.Instance);
        _watch = new ConfigurationWatch(_home.Home, _reload, _alarms, _time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _home.Configure("{}");
        await _watch.StartAsync(Cancel);
        _reload.Reloads.TryRead(out _).ShouldBeTrue("what changed while it started");
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(Cancel);
        _watch.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task File_WrittenInSteps_IsReadOnceWhenItHasSettled()
    {
        _home.Configure("");
        _home.Configure("{");
        _home.Configure("{}");
        await AsleepAsync();
        _reload.Reloads.TryRead(out _).ShouldBeFalse();

        await ReloadedAsync();
    }

    [Fact]
    public async Task File_ReplacedByRename_IsRead()
    {
        var aside = _home.Home.Config + ".new";
        await File.WriteAllTextAsync(aside, "{}", Cancel);
        File.Move(aside, _home.Home.Config, overwrite: true);

        await ReloadedAsync();
    }

    [Fact]
    public async Task File_Deleted_IsRead()
    {
        File.Delete(_home.Home.Config);

        await ReloadedAsync();
    }

    [Fact]
    public async Task Look_Asked_IsReadWithoutAChange()
    {
        _watch.Look();

        await ReloadedAsync();
    }

    private async Task ReloadedAsync()
    {
        await AsleepAsync();
        _time.Advance(Settled);
        await _reload.Reloads.ReadAsync(Cancel);
    }

    /// <summary>Something woke it, and it waits for the file to settle.</summary>
    private async Task AsleepAsync()
    {
        while (_time.PendingTimers == 0)
            await Task.Yield();
    }
}
