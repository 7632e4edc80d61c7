using Bellhop.Cli.Hosting;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Hosting;

public sealed class ConfigurationWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly TemporaryHome _home = new();
    private readonly ManualTime _time = new();
    private readonly FakeReload _reload = new();
    private readonly ConfigurationWatch _watch;

    public ConfigurationWatchTests() => _watch = new ConfigurationWatch(_home.Home, _reload, _time);

    private bool WasRead => _reload.Reloads.TryRead(out _);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _home.Configure("{}");
        await _watch.StartAsync(Cancel);
        WasRead.ShouldBeTrue("what changed while it started");
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(Cancel);
        _watch.Dispose();
        _home.Dispose();
    }

    [Fact]
    public void Look_WrittenInSteps_IsReadOnceWhenItHasSettled()
    {
        foreach (var step in new[] { "", "{", "{ }" })
        {
            _home.Configure(step);
            _watch.Look();
            WasRead.ShouldBeFalse();
        }

        _watch.Look();
        WasRead.ShouldBeTrue();
        _watch.Look();
        WasRead.ShouldBeFalse();
    }

    [Fact]
    public void Look_ReplacedByRename_IsRead()
    {
        var aside = _home.Home.Config + ".new";
        File.WriteAllText(aside, "{ }");
        File.Move(aside, _home.Home.Config, overwrite: true);

        LookTwice();
        WasRead.ShouldBeTrue();
    }

    [Fact]
    public void Look_Deleted_IsRead()
    {
        File.Delete(_home.Home.Config);

        LookTwice();
        WasRead.ShouldBeTrue();
    }

    [Fact]
    public void Look_WrittenAtTheOtherEndOfALink_IsRead()
    {
        var elsewhere = Path.Combine(_home.Home.Folder, "elsewhere.json");
        File.WriteAllText(elsewhere, "{  }");
        File.Delete(_home.Home.Config);
        File.CreateSymbolicLink(_home.Home.Config, elsewhere);
        LookTwice();
        WasRead.ShouldBeTrue();

        File.WriteAllText(elsewhere, "{ }");

        LookTwice();
        WasRead.ShouldBeTrue();
    }

    [Fact]
    public async Task Time_Passing_BringsLooks()
    {
        _home.Configure("{ }");

        var read = _reload.Reloads.ReadAsync(Cancel).AsTask();
        while (!read.IsCompleted)
        {
            _time.Advance(BetweenLooks);
            await Task.Yield();
        }

        await read;
    }

    [Fact]
    public void Read_Asked_IsReadWithoutAChange()
    {
        _watch.Read();

        WasRead.ShouldBeTrue();
    }

    /// <summary>The second look sees that it has settled.</summary>
    private void LookTwice()
    {
        _watch.Look();
        _watch.Look();
    }
}
