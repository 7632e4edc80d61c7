using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public abstract partial class EventStoreCompliance
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(null)]
    public async Task RandomOperations_DoWhatTheModelDoes(int? given)
    {
        var seed = given ?? Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var run = new ModelRun(this, new Random(seed));
        for (var step = 0; step < 400; step++)
            await run.StepAsync($"seed {seed}, step {step}");
        await run.CompareAsync($"seed {seed}, at the end");
        await ReopenAsync(crash: true);
        await run.CompareAsync($"seed {seed}, after a crash");
    }

    [Fact]
    public async Task ConcurrentProducersAndLanes_LoseNothingRepeatNothingKeepOrder()
    {
        const int producers = 4;
        const int each = 150;
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var accepted = new List<Ulid>();
        var producing = Task.WhenAll(Enumerable.Range(0, producers).Select(p => Produce(p, new Random(seed + p))));

        var completed = await Consume(new Random(seed), count: producers * each);
        await producing;

        completed.Select(d => d.Delivery).ShouldBeInOrder(SortDirection.Ascending, $"seed {seed}");
        completed.Select(d => d.Event.Key).ShouldBeUnique();
        completed.Select(d => d.Event.Key).Order(KeyOrder).ShouldBe(accepted.Order(KeyOrder), $"seed {seed}");
        for (var p = 0; p < producers; p++)
            completed.Where(d => d.Event.Source == $"p{p}").Select(d => int.Parse(d.Event.Id)).ShouldBeInOrder();
        Store.Counts.Unfinished.ShouldBe(0);

        async Task Produce(int producer, Random random)
        {
            for (var i = 0; i < each; i++)
            {
                var e = Machine($"{i}") with { Source = $"p{producer}" };
                var first = (await Store.AppendAsync([Make.New(e)], Cancel)).Events[0];
                first.Duplicate.ShouldBeFalse();
                lock (accepted)
                    accepted.Add(first.Key);
                if (random.Next(10) > 0)
                    continue;
                var again = e with { Key = Make.Ulids(Time).Next() };
                (await Store.AppendAsync([Make.New(again)], Cancel)).Events[0].Duplicate.ShouldBeTrue();
            }
        }
    }

    private static readonly Comparer<Ulid> KeyOrder = Comparer<Ulid>.Create((a, b) => a.Value.CompareTo(b.Value));

    /// <summary>A lane whose agent fails in every way, but never often enough to bury anything.</summary>
    private async Task<List<LeasedDelivery>> Consume(Random random, int count)
    {
        var completed = new List<LeasedDelivery>();
        var patient = new RetryPolicy { MaxAttempts = int.MaxValue, MaxKills = int.MaxValue };
        while (completed.Count < count)
        {
            var lease = await Lease();
            var fate = random.Next(10);
            if (fate > 1)
                await Store.InjectedAsync(lease.Turn, told: lease.Continues is null, null, Cancel);
            if (fate is 0 or 2)
                await Store.ReleaseAsync(lease.Turn, "429", forget: false, Cancel);
            else if (fate is 1 or 3)
                await Store.FaultAsync(lease.Turn, (TurnFault)random.Next(2), "failed", patient, Cancel);
            else
            {
                await Complete(lease);
                completed.AddRange(lease.Deliveries);
            }
            Time.Advance(Retry.MaxDelay);
        }
        return completed;
    }

    /// <summary>Does the same to the store and to the model, and compares what each step says.</summary>
    private sealed class ModelRun(EventStoreCompliance suite, Random random)
    {
        private static readonly SessionId[] Sessions = [Gateway, Satellite];
        private static readonly BatchLimits Small = new() { MaxEvents = 5, MaxBytes = 4_000 };

        private readonly StoreModel _model = new();
        private readonly List<(TurnLease Lease, bool Injected)> _open = [];

        private IEventStore Store => suite.Store;

        public Task StepAsync(string at) =>
            random.Next(17) switch
            {
                < 6 => AppendAsync(at),
                < 9 => LeaseAsync(at),
                < 12 => EndTurnAsync(at),
                12 => JoinOrAdoptAsync(at),
                13 => ReplayAsync(at),
                14 => AdvanceAsync(),
                15 => RerouteAsync(at),
                _ => CompareAsync(at),
            };

        public async Task CompareAsync(string at)
        {
            foreach (var ofEvent in _model.All.GroupBy(d => d.Event.Key))
            {
                var receipt = (await Store.FindAsync(ofEvent.Key.ToString(), Cancel)).ShouldNotBeNull(at);
                receipt
                    .Deliveries.Select(d => (d.Session, d.State, d.Attempts, d.Turn))
                    .ShouldBe(ofEvent.Select(d => (d.Session, d.State, d.Attempts, d.Turn)), at);
                receipt.Deliveries.ShouldAllBe(d => IsLegal(d), at);
            }
            var counts = Store.Counts;
            counts.Unfinished.ShouldBe(_model.All.Count(d => !d.State.IsTerminal()), at);
            counts.Dead.ShouldBe(_model.All.Count(d => d.State == DeliveryState.Dead && !d.Replayed), at);
        }

        private static bool IsLegal(Delivery delivery)
        {
            var states = delivery.History.Select(h => h.State).ToList();
            return states[^1] == delivery.State
                && states.Zip(states.Skip(1)).All(move => DeliveryTransitions.All.Contains((move.First, move.Second)));
        }

        private async Task AppendAsync(string at)
        {
            var e = Make.Event(
                suite.Time,
                id: random.Next(3) == 0 ? null : $"{random.Next(20)}",
                kind: (EventKind)random.Next(2),
                replyTo: random.Next(3) == 0 ? $"chat:{random.Next(2)}" : null,
                window: TimeSpan.FromSeconds(random.Next(3) * 30),
                body: new string('x', random.Next(3_000))
            );
            List<Target> targets = [.. Sessions.Where(_ => random.Next(2) == 0).Select(Target)];
            if (targets.Count == 0)
                targets.Add(Target(Gateway));
            var actual = (await Store.AppendAsync([new NewEvent(e, targets)], Cancel)).Events[0];
            (actual.Key, actual.Duplicate).ShouldBe(_model.Append(e, targets), at);
        }

        private Target Target(SessionId session) =>
            new(session, Known: session.IsGateway || random.Next(2) == 0)
            {
                DroppedBy = random.Next(8) == 0 ? "noise" : null,
            };

        private async Task LeaseAsync(string at)
        {
            var session = Sessions[random.Next(2)];
            var expected = _model.Next(session, Small, suite.Time.GetUtcNow());
            if (expected.Count == 0)
                return;
            var lease = await Store.LeaseAsync(session, Small, Cancel).WaitAsync(Patience, Cancel);
            Keys(lease).ShouldBe(expected.Select(d => d.Event.Key), at);
            lease.Continues.ShouldBe(expected[0].ToldIn, at);
            lease
                .Deliveries.Select(d => (d.Attempts, d.Kills))
                .ShouldBe(expected.Select(d => (d.Attempts, d.Kills)), at);
            StoreModel.Lease(expected, lease.Turn);
            _open.Add((lease, false));
        }

        private async Task EndTurnAsync(string at)
        {
            if (_open.Count == 0)
                return;
            var index = random.Next(_open.Count);
            var (lease, injected) = _open[index];
            if (!injected && random.Next(4) > 0)
            {
                var told = random.Next(2) == 0;
                await Store.InjectedAsync(lease.Turn, told, null, Cancel);
                _model.Injected(lease.Turn, told);
                _open[index] = (lease, true);
                return;
            }
            _open.RemoveAt(index);
            await EndTurnAsync(lease.Turn, injected, at);
        }

        private async Task EndTurnAsync(Ulid turn, bool injected, string at)
        {
            var forget = random.Next(2) == 0;
            switch (random.Next(4))
            {
                case 0:
                    await Store.ReleaseAsync(turn, "429", forget, Cancel);
                    _model.Release(turn, forget);
                    break;
                case 1 when injected:
                    await Store.CompleteAsync(turn, [], null, Cancel);
                    _model.Complete(turn);
                    break;
                case 1:
                    var told = random.Next(2) == 0;
                    await Store.AnsweredAsync(turn, told, [], null, Cancel);
                    _model.Injected(turn, told);
                    _model.Complete(turn);
                    break;
                default:
                    var fault = random.Next(12) == 0 ? TurnFault.Interrupted : (TurnFault)random.Next(2);
                    var result = await Store.FaultAsync(turn, fault, at, Retry, Cancel);
                    _model.Fault(turn, fault, Retry, suite.Time.GetUtcNow());
                    result.Dead.Count.ShouldBe(
                        _model.All.Count(d => d.Turn == turn && d.State == DeliveryState.Dead),
                        at
                    );
                    break;
            }
        }

        private async Task JoinOrAdoptAsync(string at)
        {
            if (random.Next(2) == 0)
                (await Store.JoinAsync(Satellite, Cancel)).ShouldBe(_model.Join(Satellite), at);
            else
                (await Store.AdoptAsync(suite.Time.GetUtcNow().AddSeconds(1), Cancel)).ShouldBe(_model.Adopt(), at);
        }

        private async Task ReplayAsync(string at)
        {
            var ended = _model.All.Where(d => d.State is DeliveryState.Dead or DeliveryState.Dropped).ToList();
            if (ended.Count == 0)
                return;
            var key = ended[random.Next(ended.Count)].Event.Key;
            var sessions = await Store.ReplayAsync(key.ToString(), null, Cancel);
            sessions.ShouldNotBeNull(at).Count.ShouldBe(_model.Replay(key), at);
        }

        private async Task RerouteAsync(string at)
        {
            var all = _model.All.ToList();
            if (all.Count == 0)
                return;
            var delivery = all[random.Next(all.Count)];
            var others = all.Where(d => d.Event == delivery.Event).ToList();
            var receipt = (await Store.FindAsync(delivery.Event.Key.ToString(), Cancel)).ShouldNotBeNull(at);
            var number = receipt.Deliveries[others.IndexOf(delivery)].Number;
            List<Target> targets = [.. Sessions.Select(Target)];
            (await Store.RerouteAsync([new Reroute(number, targets, "let go")], Cancel)).ShouldBe(
                _model.Reroute(delivery, targets),
                at
            );
        }

        private Task AdvanceAsync()
        {
            suite.Time.Advance(TimeSpan.FromMilliseconds(random.Next(20_000)));
            return Task.CompletedTask;
        }
    }
}
