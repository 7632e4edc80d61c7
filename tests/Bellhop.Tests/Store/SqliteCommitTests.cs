using System.Buffers.Binary;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Bellhop.Tests.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Store;

/// <summary>What shares a commit, counted in the log file that every commit is synced to.</summary>
public sealed class SqliteCommitTests : IAsyncLifetime
{
    // Far longer than anything here takes: it turns a hang into a failure and measures nothing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private SqliteEventStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Append_WithAWaitingLane_IsOneCommitWithItsLease()
    {
        var waiting = _store.LeaseAsync(Make.Gateway, new BatchLimits(), Cancel);
        await Append();
        await waiting;
        var before = Commits();
        var again = _store.LeaseAsync(Make.Gateway, new BatchLimits(), Cancel);

        await Append();
        await again;

        Commits().ShouldBe(before + 1);
    }

    [Fact]
    public async Task Append_ByManyAtOnce_IsOneCommit()
    {
        var before = Commits();
        List<Task> appends;
        using (HoldWriter())
            appends = [.. Enumerable.Range(0, 200).Select(_ => Append())];
        await Task.WhenAll(appends);
        Commits().ShouldBe(before + 1);
    }

    [Fact]
    public async Task Append_CancelledBeforeItsTurn_IsNotStored()
    {
        using var stop = new CancellationTokenSource();
        Task<AppendResult> cancelled;
        using (HoldWriter())
        {
            cancelled = _store.AppendAsync([Make.New(Make.Event(_time))], stop.Token);
            await stop.CancelAsync();
        }
        await Should.ThrowAsync<OperationCanceledException>(cancelled);
        await Append();
        _store.Counts.Unfinished.ShouldBe(1);
    }

    [Fact]
    public async Task Keyspace_StepThatOnlyReads_IsNoCommit()
    {
        await Append();
        var before = Commits();
        await _store.Keyspace.RunAsync(k => k.GetString("none"), Cancel);
        Commits().ShouldBe(before);
    }

    [Fact]
    public async Task Commit_ThatFails_LeavesTheLaneWaitingAndItsNeighboursStored()
    {
        var waiting = _store.LeaseAsync(Make.Gateway, new BatchLimits(), Cancel);
        Task<int> broken;
        Task good;
        using (HoldWriter())
        {
            broken = _store.Keyspace.RunAsync<int>(BreakAfterWriting, Cancel);
            good = Append(Make.Session("pid-9"));
        }
        await Should.ThrowAsync<InvalidOperationException>(broken);
        await good;
        waiting.IsCompleted.ShouldBeFalse();
        await Append();
        (await waiting).Deliveries.ShouldHaveSingleItem();
        _store.Counts.Unfinished.ShouldBe(2);
    }

    [Fact]
    public async Task Commit_ThatFailsAfterTheLeaseWasChosen_GivesItOnceMore()
    {
        await _store.DisposeAsync();
        _store = await OpenAsync(maxPages: 60);
        var waiting = _store.LeaseAsync(Make.Gateway, new BatchLimits(), Cancel);
        Task<AppendResult> small;
        Task<AppendResult> large;
        using (HoldWriter())
        {
            small = _store.AppendAsync([Make.New(Make.Event(_time))], Cancel);
            large = _store.AppendAsync([Make.New(Make.Event(_time, body: new string('x', 900_000)))], Cancel);
        }
        (await large).Refusal.ShouldBe(AppendRefusal.DiskFull);
        (await small).Refusal.ShouldBe(AppendRefusal.None);
        var lease = await waiting;
        lease.Deliveries.ShouldHaveSingleItem().Event.Key.ShouldBe((await small).Events[0].Key);
        _store.Counts.Sessions.ShouldBe([new SessionCounts(Make.Gateway, 0, 0, 1)]);
    }

    [Fact]
    public async Task Look_WhoseLeaseCannotBeWritten_ComesAgainByItself()
    {
        await Append();
        var failed = await _store.LeaseAsync(Make.Gateway, new BatchLimits(), Cancel);
        await _store.FaultAsync(failed.Turn, TurnFault.Failed, "empty reply", new RetryPolicy(), Cancel);
        var waiting = _store.LeaseAsync(Make.Gateway, new BatchLimits(), Cancel);
        await Append(Make.Session("pid-9"));
        await SqlAsync("CREATE TRIGGER no_room BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'no room'); END");

        _time.Advance(TimeSpan.FromSeconds(2));
        await Append(Make.Session("pid-9"));
        waiting.IsCompleted.ShouldBeFalse();
        await SqlAsync("DROP TRIGGER no_room");
        _time.Advance(TimeSpan.FromSeconds(2));

        (await waiting.WaitAsync(Patience, Cancel)).Deliveries.ShouldHaveSingleItem().Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Alarm_AfterTheWallClockJumpedBack_IsOneThatATimerTakes()
    {
        await Append();
        var failed = await _store.LeaseAsync(Make.Gateway, new BatchLimits(), Cancel);
        await _store.FaultAsync(failed.Turn, TurnFault.Failed, "empty reply", new RetryPolicy(), Cancel);
        _time.ShiftWallClock(TimeSpan.FromDays(-90));
        var waiting = _store.LeaseAsync(Make.Gateway, new BatchLimits(), Cancel);
        await Append(Make.Session("pid-9"));
        _time.ShiftWallClock(TimeSpan.FromDays(90));

        _time.Advance(TimeSpan.FromHours(2));

        (await waiting.WaitAsync(Patience, Cancel)).Deliveries.ShouldHaveSingleItem();
    }

    private async Task SqlAsync(string text)
    {
        await using var file = new SqliteConnection($"Data Source={_folder.File("state.db")};Pooling=False");
        await file.OpenAsync(Cancel);
        await using var command = file.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static int BreakAfterWriting(IKeyspaceTransaction keys)
    {
        keys.SetString("k", "v"u8);
        throw new InvalidOperationException("after it wrote");
    }

    private Task<SqliteEventStore> OpenAsync(int? maxPages = null) =>
        SqliteEventStore.OpenAsync(
            new StoreParts(
                new SqliteStoreOptions { Path = _folder.File("state.db") },
                _time,
                new UlidFactory(_time),
                NullLogger<SqliteEventStore>.Instance
            )
            {
                MaxPages = maxPages,
            }
        );

    private async Task Append(SessionId? session = null)
    {
        var e = Make.New(Make.Event(_time), session ?? Make.Gateway);
        (await _store.AppendAsync([e], Cancel)).Refusal.ShouldBe(AppendRefusal.None);
    }

    /// <summary>Until it is disposed of, everything asked of the store gathers behind this.</summary>
    private Hold HoldWriter()
    {
        var hold = new Hold();
        hold.Step = _store.Keyspace.RunAsync(_ => hold.Wait(), Cancel);
        hold.Begun.Wait(Cancel);
        return hold;
    }

    private int Commits()
    {
        const int headerBytes = 32;
        const int frameHeaderBytes = 24;
        const int frameBytes = frameHeaderBytes + 4_096;
        using var log = new FileStream(
            _folder.File("state.db-wal"),
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        var bytes = new byte[log.Length];
        log.ReadExactly(bytes);
        // A frame that ends a commit says how large the file then is; the others say 0.
        return Enumerable
            .Range(0, (bytes.Length - headerBytes) / frameBytes)
            .Count(i => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(headerBytes + (i * frameBytes) + 4)) != 0);
    }

    private sealed class Hold : IDisposable
    {
        private readonly ManualResetEventSlim _release = new();

        public ManualResetEventSlim Begun { get; } = new();

        public Task? Step { get; set; }

        public int Wait()
        {
            Begun.Set();
            _release.Wait();
            return 0;
        }

        public void Dispose() => _release.Set();
    }
}
