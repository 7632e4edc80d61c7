using System.Text;
using Bellhop.Cli.Hosting;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Cli.Hosting;

public sealed class SpoolIntakeTests : IDisposable
{
    private readonly TemporaryHome _home = new();
    private readonly FakeEventStore _store = new();
    private readonly ManualTime _time = new();
    private readonly GatewayMetrics _metrics = new();
    private readonly UlidFactory _ulids;
    private readonly Alarms _alarms;
    private AwaySpool? _away;

    public SpoolIntakeTests()
    {
        _ulids = new UlidFactory(_time);
        _alarms = new Alarms(_time, NullLogger<Alarms>.Instance);
        _home.Home.Create();
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task TakeAll_Files_AreTakenOldestFirstAndDeleted()
    {
        var names = new[] { Write("""{"type":"one"}"""), Write("""{"type":"two"}""") };

        (await TakeAsync()).ShouldBeTrue();

        _store.Appended.Select(a => a.Event.Type).ShouldBe(["one", "two"]);
        _store.Appended.Select(a => a.Event.Key).ShouldBe(names);
        Directory.GetFiles(_home.Home.Spool).ShouldBeEmpty();
    }

    [Fact]
    public async Task TakeAll_KilledBeforeTheDelete_TakesNothingTwice()
    {
        var name = Write("""{"type":"one","id":"test"}""");
        await TakeAsync();
        Spool.Write(_home.Home, name, """{"type":"one","id":"test"}"""u8);

        (await TakeAsync()).ShouldBeTrue();

        _store.Appended.Count.ShouldBe(1);
        Directory.GetFiles(_home.Home.Spool).ShouldBeEmpty();
    }

    [Fact]
    public async Task TakeAll_NoEvent_IsQuarantined()
    {
        var name = Write("garbage");

        await TakeAsync();

        var kept = _store.Appended.ShouldHaveSingleItem();
        kept.Quarantine.ShouldNotBeNull().ShouldStartWith("BH-4000");
        kept.Event.Id.ShouldBe(name.ToString());
        Encoding.UTF8.GetString(kept.Event.Body.Span).ShouldBe("garbage");
    }

    [Fact]
    public async Task TakeAll_StoreFull_KeepsTheFilesAndRaisesAnAlarm()
    {
        Write("""{"type":"one"}""");
        _store.Refusal = AppendRefusal.Full;

        (await TakeAsync()).ShouldBeFalse();

        Spool.Files(_home.Home).Count.ShouldBe(1);
        _alarms.Open.ShouldHaveSingleItem().Name.ShouldBe("spool");
    }

    [Fact]
    public async Task TakeAll_WhatCameOfIt_IsInTheMetrics()
    {
        using var text = new PrometheusText(_metrics);
        Write("""{"type":"one"}""");
        Write("garbage");
        await TakeAsync();
        Write("""{"type":"two"}""");
        _store.Refusal = AppendRefusal.DiskFull;
        await TakeAsync();

        var printed = text.Print();
        foreach (var outcome in (string[])["accepted", "quarantined", "refused"])
            printed.ShouldContain($"bellhop_events_total{{door=\"spool\",outcome=\"{outcome}\"}} 1\n");
    }

    [Fact]
    public async Task TakeAll_StoreBreaks_KeepsTheFile()
    {
        Write("""{"type":"one"}""");
        _store.Fault = new StoreException("broken");

        await Should.ThrowAsync<StoreException>(TakeAsync);

        Spool.Files(_home.Home).Count.ShouldBe(1);
    }

    [Fact]
    public async Task TakeAll_LargerThanAnEvent_StaysUnderAnotherName()
    {
        var name = Write(new string(' ', EventLimits.MaxBytes + 1));

        (await TakeAsync()).ShouldBeTrue();

        _store.Appended.ShouldBeEmpty();
        Directory.GetFiles(_home.Home.Spool).Select(Path.GetFileName).ShouldBe([$"{name}.json.refused"]);
        _alarms.Open.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Execute_FileComesLater_IsTaken()
    {
        using var intake = Intake();
        await intake.StartAsync(TestContext.Current.CancellationToken);
        using var gone = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(_home.Home.Spool, "*.json");
        watcher.Deleted += (_, _) => gone.Release();
        watcher.EnableRaisingEvents = true;

        Write("""{"type":"one"}""");

        (await gone.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).ShouldBeTrue();
        _store.Appended.Count.ShouldBe(1);
        await intake.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task TakeAll_KeptWhileTheStoreWasAway_ComesBackAsItWasInItsOrder()
    {
        _away = new AwaySpool(_home.Home);
        var inbox = new Inbox(_store, new Router(new SessionRegistry(_store)), _away);
        var door = new Intake(new EventReader(_time, _ulids), inbox);
        var person = new EventDefaults
        {
            Source = "web",
            Kind = EventKind.Person,
            ReplyTo = "web:1",
        };
        _store.Fault = new StoreException("away") { IsAway = true };
        (await TakeThroughAsync(door, "one", person)).Spooled.ShouldBeTrue();
        _store.Fault = null;
        (await TakeThroughAsync(door, "two", new EventDefaults())).Spooled.ShouldBeTrue("it must not overtake");

        (await TakeAsync()).ShouldBeTrue();

        _store.Appended.Select(a => a.Event.Type).ShouldBe(["one", "two"]);
        var first = _store.Appended.First();
        (first.Event.Kind, first.Event.ReplyTo, first.Event.Source).ShouldBe((EventKind.Person, "web:1", "web"));
        first.Targets.ShouldHaveSingleItem().Session.Value.ShouldBe("pid-7");
        Encoding.UTF8.GetString(first.Event.Body.Span).ShouldBe("""{"type":"one","id":"1"}""");
        _away.HasBacklog.ShouldBeFalse();
        (await TakeThroughAsync(door, "three", new EventDefaults())).Spooled.ShouldBeFalse();
    }

    [Fact]
    public async Task TakeAll_StoreAway_WaitsWithoutAnAlarmOfItsOwn()
    {
        Write("""{"type":"one"}""");
        _store.Fault = new StoreException("away") { IsAway = true };

        (await TakeAsync()).ShouldBeFalse();

        _alarms.Open.ShouldBeEmpty();
        Spool.Files(_home.Home).Count.ShouldBe(1);
    }

    private static async Task<AppendedEvent> TakeThroughAsync(Intake door, string type, EventDefaults defaults)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","id":"1"}""");
        var session = SessionId.Parse("pid-7");
        var result = await door.TakeAsync(
            body,
            defaults,
            session,
            quarantine: false,
            TestContext.Current.CancellationToken
        );
        return result.Events.ShouldHaveSingleItem();
    }

    private Ulid Write(string body)
    {
        var name = _ulids.Next();
        Spool.Write(_home.Home, name, Encoding.UTF8.GetBytes(body));
        return name;
    }

    private async Task<bool> TakeAsync()
    {
        using var intake = Intake();
        return await intake.TakeAllAsync(TestContext.Current.CancellationToken);
    }

    private SpoolIntake Intake()
    {
        var router = new Router(new SessionRegistry(_store));
        var logger = NullLogger<SpoolIntake>.Instance;
        var reader = new EventReader(_time, _ulids);
        return new SpoolIntake(_home.Home, _store, router, reader, _metrics, _alarms, _time, logger, _away);
    }
}
