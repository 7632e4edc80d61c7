using Bellhop.Cli.Setup;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging;

namespace Bellhop.Tests.Cli.Setup;

public sealed class LiveOptionsTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Reload_WhatCanChange_HoldsAtOnce()
    {
        var live = Load("{}");
        _home.Configure(
            """
            {
              "allowedHosts": ["box.example"],
              "agent": { "turnDeadline": "5m", "permissionTimeout": "1h" },
              "routing": { "adoptAfter": "1m", "rules": [{ "name": "noise", "type": "noise.*", "drop": true }] },
              "sessions": { "single": "off" },
              "retry": { "attempts": 7, "baseDelay": "9s" },
              "retention": { "keep": "3d" },
              "logs": { "level": "debug", "maxMegabytes": 2, "files": 4 }
            }
            """
        );

        var change = live.Reload();

        change.Changed.ShouldBe(SettingsSchema.All.Where(s => s.IsLive).Select(s => s.Path));
        change.AtNextStart.ShouldBeEmpty();
        var now = live.Now;
        now.AllowedHosts.ShouldBe(["box.example"]);
        now.Agent.TurnDeadline.ShouldBe(TimeSpan.FromMinutes(5));
        now.Agent.PermissionTimeout.ShouldBe(TimeSpan.FromHours(1));
        now.Routing.AdoptAfter.ShouldBe(TimeSpan.FromMinutes(1));
        now.Routing.Rules.ShouldHaveSingleItem().Name.ShouldBe("noise");
        (now.Retry.MaxAttempts, now.Retry.BaseDelay).ShouldBe((7, TimeSpan.FromSeconds(9)));
        now.Keep.ShouldBe(TimeSpan.FromDays(3));
        (now.Logs.Level, now.Logs.MaxBytes, now.Logs.Files).ShouldBe((LogLevel.Debug, 2 * 1024 * 1024, 4));
    }

    [Fact]
    public void NextChange_EndsWithTheReloadThatChangedSomething()
    {
        var live = Load("{}");
        var change = live.NextChange;

        live.Reload();
        change.IsCompleted.ShouldBeFalse();
        _home.Configure("""{ "retry": { "attempts": 5 } }""");
        live.Reload();

        change.IsCompleted.ShouldBeTrue();
        live.NextChange.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void Reload_WhatOnlyAStartCanChange_StaysAndIsNamedUntilItIsTakenBack()
    {
        var live = Load("""{ "listen": "127.0.0.1:1" }""");
        _home.Configure("""{ "listen": "127.0.0.1:2", "bus": { "prefix": "x" }, "retry": { "attempts": 4 } }""");

        var change = live.Reload();

        change.Changed.ShouldBe(["retry.attempts"]);
        change.AtNextStart.ShouldBe(["listen", "bus.prefix"]);
        (live.Now.Listen.Port, live.Now.Bus.Prefix, live.Now.Retry.MaxAttempts).ShouldBe((1, "agent", 4));

        live.Reload().Changed.ShouldBeEmpty();
        live.AtNextStart.ShouldBe(["listen", "bus.prefix"]);

        _home.Configure("""{ "listen": "127.0.0.1:1", "retry": { "attempts": 4 } }""");
        live.Reload().AtNextStart.ShouldBeEmpty();
    }

    [Fact]
    public void Reload_Faults_AreAllListedAndNothingChanges()
    {
        var live = Load("""{ "retry": { "attempts": 4 } }""");
        _home.Configure("""{ "retry": { "attempts": 5, "baseDelay": "soon" }, "lisen": "127.0.0.1:1" }""");

        var refused = Should.Throw<ConfigurationException>(() => live.Reload());

        refused.Faults.Select(f => f.Key).ShouldBe(["lisen", "retry.baseDelay"], ignoreOrder: true);
        refused.Faults.ShouldAllBe(f => f.Mend.Length > 0 && f.Where.Contains("config.json"));
        live.Now.Retry.MaxAttempts.ShouldBe(4);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    public void Reload_FileCutShort_ChangesNothing(string text)
    {
        var live = Load("""{ "retry": { "attempts": 4 } }""");
        _home.Configure(text);

        Should.Throw<ConfigurationException>(() => live.Reload());

        live.Now.Retry.MaxAttempts.ShouldBe(4);
    }

    [Fact]
    public void Reload_FileGone_IsAFaultAndNoReturnToDefaults()
    {
        var live = Load("""{ "retry": { "attempts": 4 } }""");
        File.Delete(_home.Home.Config);

        Should.Throw<ConfigurationException>(() => live.Reload()).Faults[0].Mend.ShouldContain("is missing");

        live.Now.Retry.MaxAttempts.ShouldBe(4);
    }

    [Fact]
    public void Reload_PasswordFileWithoutPassword_IsAFaultToo()
    {
        var live = Load("{}");
        File.WriteAllText(Path.Combine(_home.Home.Folder, "password"), "\n");
        _home.Configure("""{ "bus": { "passwordFile": "password" } }""");

        Should.Throw<ConfigurationException>(() => live.Reload()).Faults[0].Key.ShouldBe("bus.passwordFile");
    }

    private LiveOptions Load(string json)
    {
        _home.Configure(json);
        return LiveOptions.Load(_home.Home, new Dictionary<string, string>());
    }
}
