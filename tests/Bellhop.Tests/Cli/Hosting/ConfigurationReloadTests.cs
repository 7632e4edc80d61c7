using Bellhop.Cli.Hosting;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging;

namespace Bellhop.Tests.Cli.Hosting;

public sealed class ConfigurationReloadTests : IDisposable
{
    private readonly TemporaryHome _home = new();
    private readonly LogCapture _logs = new();
    private readonly ILoggerFactory _loggers;
    private readonly Alarms _alarms;

    public ConfigurationReloadTests()
    {
        _loggers = LoggerFactory.Create(l => l.AddProvider(_logs));
        _alarms = new Alarms(new ManualTime(), _loggers.CreateLogger<Alarms>());
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _home.Dispose();
    }

    [Fact]
    public void Reload_Faults_AreOneWarningAndOneAlarmUntilMended()
    {
        var reload = Start("{}");
        _home.Configure("""{ "retry": { "attempts": 0 }, "lisen": "x" }""");

        var refused = reload.Reload().Refused.ShouldNotBeNull();
        reload.Reload();

        refused.Code.ShouldBe("BH-4221");
        refused.Faults!.Select(f => f.Key).ShouldBe(["retry.attempts", "lisen"], ignoreOrder: true);
        var alarm = _alarms.Open.ShouldHaveSingleItem();
        alarm.Name.ShouldBe("config");
        alarm.Message.ShouldContain("retry.attempts = 0");
        alarm.Message.ShouldContain("lisen");
        alarm.Message.ShouldContain("The running configuration stays.");
        Warnings().ShouldBe(1);

        _home.Configure("""{ "retry": { "attempts": -1 } }""");
        reload.Reload();

        _alarms.Open.ShouldHaveSingleItem().Message.ShouldContain("retry.attempts = -1");
        Warnings().ShouldBe(2);

        _home.Configure("""{ "retry": { "attempts": 2 } }""");
        reload.Reload().Done.ShouldNotBeNull().Changed.ShouldBe(["retry.attempts"]);

        _alarms.Open.ShouldBeEmpty();
        _logs.Text.ShouldContain("The configuration changed: retry.attempts");
    }

    [Fact]
    public void Reload_NothingChanged_SaysNothing()
    {
        Start("{}").Reload().Done.ShouldNotBeNull().Changed.ShouldBeEmpty();

        _logs.Text.ShouldBeEmpty();
    }

    private ConfigurationReload Start(string json)
    {
        _home.Configure(json);
        var live = LiveOptions.Load(_home.Home, new Dictionary<string, string>());
        return new ConfigurationReload(live, _alarms, _loggers.CreateLogger<ConfigurationReload>());
    }

    private int Warnings() =>
        _logs.Text.Split('\n').Count(line => line.StartsWith("Warning", StringComparison.Ordinal));
}
