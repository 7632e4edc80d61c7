using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Routing;

public sealed class HoldsTests : IAsyncLifetime
{
    private static readonly RoutingRule Night = new()
    {
        Name = "night",
        Type = "report.*",
        Action = RuleAction.Hold,
    };

    private readonly ManualTime _time = new();
    private StoreFixture _fixture = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _fixture = await StoreFixture.OpenAsync(_time);

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Release_Rule_GivesEverythingInTheOrderItCame()
    {
        // More than one page of the listing and than one commit.
        var events = await HoldAsync(1_150);

        (await Holds(Night).ReleaseAsync("night", Cancel)).ShouldBe(events.Count);

        var limits = new BatchLimits { MaxEvents = events.Count, MaxBytes = int.MaxValue };
        var given = new List<Ulid>();
        while (given.Count < events.Count)
        {
            var lease = await _fixture.Store.LeaseAsync(SessionId.Gateway, limits, Cancel);
            given.AddRange(lease.Deliveries.Select(d => d.Event.Key));
        }
        given.SequenceEqual(events.Select(e => e.Key)).ShouldBeTrue();
        var receipt = await _fixture.FindAsync(events[0].Key);
        receipt
            .Deliveries.Select(d => (d.Session.Value, d.State, d.Reason))
            .ShouldBe([("hold/night", DeliveryState.Dropped, "released"), ("gateway", DeliveryState.Injecting, null)]);
        (await Holds(Night).ReleaseAsync("night", Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task Release_OneEvent_LeavesTheRest()
    {
        var events = await HoldAsync(3);

        (await Holds(Night).ReleaseAsync(events[1].Key.ToString(), Cancel)).ShouldBe(1);
        (await Holds(Night).ReleaseAsync(events[1].Key.ToString(), Cancel)).ShouldBe(0);

        _fixture.Store.Counts.Sessions.Single(c => c.Session.Value == "hold/night").Queued.ShouldBe(2);
        _fixture.Store.Counts.Sessions.Single(c => c.Session.IsGateway).Queued.ShouldBe(1);
    }

    [Fact]
    public async Task Release_NobodyKnowsIt_IsNull() =>
        (await Holds(Night).ReleaseAsync("nothing", Cancel)).ShouldBeNull();

    [Fact]
    public async Task ReleaseOrphans_RuleIsGone_GivesWhatItHeldAndNothingElse()
    {
        await HoldAsync(2);

        (await Holds(Night).ReleaseOrphansAsync(Cancel)).ShouldBe(0);
        (await Holds().ReleaseOrphansAsync(Cancel)).ShouldBe(2);

        var counts = _fixture.Store.Counts.Sessions.ShouldHaveSingleItem();
        (counts.Session, counts.Queued).ShouldBe((SessionId.Gateway, 2));
    }

    [Fact]
    public async Task Loop_RuleIsTakenOutMeanwhile_GivesWhatItHeldAndWhatWasJustBeingWritten()
    {
        await HoldAsync(2);
        var rules = new RoutingOptions { Rules = [Night] };
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var change = new TaskCompletionSource();
        using var loop = new OrphanedHolds(
            new Holds(_fixture.Store, RouterWith(), () => rules),
            new SoleCentral(),
            () =>
            {
                var next = change.Task;
                asked.TrySetResult();
                return next;
            },
            _time,
            new FakeApplication(),
            NullLogger<OrphanedHolds>.Instance
        );
        await loop.StartAsync(Cancel);
        await asked.Task.WaitAsync(Cancel);

        rules = new RoutingOptions();
        Interlocked.Exchange(ref change, new TaskCompletionSource()).SetResult();
        while (Queued() < 2)
            await Task.Yield();

        await HoldAsync(1);
        while (Queued() < 3)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
        await loop.StopAsync(Cancel);

        long Queued() => _fixture.Store.Counts.Sessions.Where(c => c.Session.IsGateway).Sum(c => c.Queued);
    }

    private async Task<List<Event>> HoldAsync(int count)
    {
        var events = Enumerable.Range(0, count).Select(_ => Make.Event(_time, type: "report.ready")).ToList();
        await new Inbox(_fixture.Store, RouterWith(Night)).AcceptAsync(
            [.. events.Select(e => (e, (string?)null))],
            null,
            Cancel
        );
        return events;
    }

    private Holds Holds(params RoutingRule[] rules) =>
        new(_fixture.Store, RouterWith(rules), () => new RoutingOptions { Rules = rules });

    private Router RouterWith(params RoutingRule[] rules) =>
        new(new SessionRegistry(_fixture.Store), () => new RoutingOptions { Rules = rules });
}
