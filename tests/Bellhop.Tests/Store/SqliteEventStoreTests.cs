using System.Runtime.Versioning;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Store.Sqlite;
using Bellhop.Tests.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Store;

public sealed class SqliteEventStoreTests : EventStoreCompliance
{
    private readonly TempFolder _folder = new();
    private long _freeDisk = long.MaxValue;

    private string DbFile => _folder.File("state.db");

    protected override async Task<IEventStore> OpenAsync(long maxUnfinished = 2_000_000) =>
        await SqliteEventStore.OpenAsync(Parts(maxUnfinished));

    /// <summary>What a power cut leaves: the files as they are on disk at this instant, without anything's farewell.</summary>
    protected override async Task CrashAsync()
    {
        foreach (var file in Directory.GetFiles(_folder.Path))
            File.Copy(file, file + ".crashed");
        await Store.DisposeAsync();
        foreach (
            var file in Directory.GetFiles(_folder.Path).Where(f => !f.EndsWith(".crashed", StringComparison.Ordinal))
        )
            File.Delete(file);
        foreach (var file in Directory.GetFiles(_folder.Path))
            File.Move(file, file[..^".crashed".Length]);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Open_NewFile_IsReadableByItsOwnerOnly()
    {
        await Append(Machine());
        foreach (var file in Directory.GetFiles(_folder.Path))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        Directory.GetFiles(_folder.Path).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Dispose_FoldsTheLogIntoTheFile()
    {
        await AppendMany(10);
        await Store.DisposeAsync();
        Directory.GetFiles(_folder.Path).ShouldHaveSingleItem().ShouldBe(DbFile);
    }

    [Fact]
    public async Task Open_OlderFile_IsUpgradedWithItsContents()
    {
        var e = Machine();
        await Append(e);
        await Store.DisposeAsync();
        var next = Parts() with { Migrations = [.. Migrations.All, "ALTER TABLE events ADD COLUMN colour TEXT"] };

        await using (await SqliteEventStore.OpenAsync(next)) { }

        Number("PRAGMA user_version").ShouldBe(Migrations.All.Count + 1);
        Number("SELECT count(*) FROM events WHERE colour IS NULL").ShouldBe(1);
        var refusal = await Should.ThrowAsync<StoreException>(SqliteEventStore.OpenAsync(Parts()));
        refusal.Message.ShouldContain($"schema version {Migrations.All.Count + 1}");
        refusal.Message.ShouldContain($"versions up to {Migrations.All.Count}");
        refusal.Message.ShouldContain("newer Bellhop");
    }

    [Fact]
    public async Task Open_UpgradeThatFailsHalfway_ChangesNothing()
    {
        await Store.DisposeAsync();
        var broken = Parts() with { Migrations = [.. Migrations.All, "CREATE TABLE half (x); CREATE TABLE half (x)"] };
        await Should.ThrowAsync<StoreException>(SqliteEventStore.OpenAsync(broken));
        Number("SELECT count(*) FROM sqlite_master WHERE name = 'half'").ShouldBe(0);
        Number("PRAGMA user_version").ShouldBe(Migrations.All.Count);
    }

    [Fact]
    public async Task Open_EmptyFile_IsMadeAStore()
    {
        await Store.DisposeAsync();
        File.WriteAllBytes(DbFile, []);
        await ReopenAsync(crash: false);
        await Append(Machine());
    }

    [Fact]
    public async Task Open_FileOfAnotherProgram_IsRefused()
    {
        await Store.DisposeAsync();
        File.Delete(DbFile);
        Execute("CREATE TABLE theirs (x)", create: true);
        var refusal = await Should.ThrowAsync<StoreException>(SqliteEventStore.OpenAsync(Parts()));
        refusal.Message.ShouldContain("another program");
        Number("SELECT count(*) FROM sqlite_master").ShouldBe(1);
    }

    [Fact]
    public async Task Open_DamagedHeader_NamesTheFileAndTheMend()
    {
        await Store.DisposeAsync();
        File.WriteAllBytes(DbFile, [.. Enumerable.Repeat((byte)'x', 8_192)]);
        var refusal = await Should.ThrowAsync<StoreException>(SqliteEventStore.OpenAsync(Parts()));
        refusal.Message.ShouldContain(DbFile);
        refusal.Message.ShouldContain("damaged");
        refusal.Message.ShouldContain(".recover");
        File.ReadAllBytes(DbFile).ShouldAllBe(b => b == 'x');
    }

    [Fact]
    public async Task Open_DamagedPages_NamesTheFile()
    {
        await AppendMany(500);
        await Store.DisposeAsync();
        using (var file = File.OpenWrite(DbFile))
        {
            file.Position = 4_096;
            file.Write(new byte[file.Length - 4_096]);
        }
        (await Should.ThrowAsync<StoreException>(SqliteEventStore.OpenAsync(Parts()))).Message.ShouldContain("damaged");
    }

    [Fact]
    public async Task Open_PathThatCannotBe_SaysSo()
    {
        await Store.DisposeAsync();
        File.Delete(DbFile);
        Directory.CreateDirectory(DbFile);
        (await Should.ThrowAsync<StoreException>(SqliteEventStore.OpenAsync(Parts()))).Message.ShouldContain(DbFile);
    }

    [Fact]
    public async Task Append_LittleFreeDisk_IsRefusedUntilThereIsMore()
    {
        _freeDisk = SqliteStoreOptions.DefaultMinFreeDisk - 1;
        Time.Advance(TimeSpan.FromSeconds(1));
        (await Store.AppendAsync([Make.New(Machine())], Cancel)).Refusal.ShouldBe(AppendRefusal.Full);
        ((SqliteEventStore)Store).HasRoom.ShouldBeFalse();
        _freeDisk = SqliteStoreOptions.DefaultMinFreeDisk;
        Time.Advance(TimeSpan.FromSeconds(1));
        ((SqliteEventStore)Store).HasRoom.ShouldBeTrue();
        await Append(Machine());
    }

    [Fact]
    public async Task Append_DiskFull_StoresNothingAndTheStoreGoesOn()
    {
        await Store.DisposeAsync();
        await using var store = await SqliteEventStore.OpenAsync(Parts() with { MaxPages = 60 });
        var small = Machine();
        (await store.AppendAsync([Make.New(small)], Cancel)).Refusal.ShouldBe(AppendRefusal.None);

        var large = Machine(body: new string('x', 500_000));
        var appends = Enumerable
            .Range(0, 20)
            .Select(i => store.AppendAsync([Make.New(i % 2 == 0 ? Machine() : large with { Id = $"{i}" })], Cancel));
        var results = await Task.WhenAll(appends);

        results
            .Where((_, i) => i % 2 == 1)
            .ShouldAllBe(r => r.Refusal == AppendRefusal.DiskFull && r.Events.Count == 0);
        results.Where((_, i) => i % 2 == 0).ShouldAllBe(r => r.Refusal == AppendRefusal.None);
        store.Counts.Unfinished.ShouldBe(11);
        (await store.FindAsync("1", Cancel)).ShouldBeNull();
        var lease = await store.LeaseAsync(Gateway, Limits, Cancel);
        lease.Deliveries.Count.ShouldBe(11);
        await store.InjectedAsync(lease.Turn, true, null, Cancel);
        await store.CompleteAsync(lease.Turn, [], null, Cancel);
    }

    [Fact]
    public async Task Moves_AllPairsByRawSql_OnlyTheAllowedOnesAreTaken()
    {
        await Append(Machine());
        var states = Enum.GetValues<DeliveryState>();
        foreach (var (from, to) in states.SelectMany(from => states.Select(to => (from, to))))
        {
            Execute($"DROP TRIGGER deliveries_move; UPDATE deliveries SET state = {(int)from}; {MoveTrigger}");
            var moved = TryExecute($"UPDATE deliveries SET state = {(int)to}");
            moved.ShouldBe(DeliveryTransitions.All.Contains((from, to)), $"{from} → {to}");
            Number("SELECT state FROM deliveries").ShouldBe((long)(moved ? to : from));
        }
    }

    [Fact]
    public void Births_ByRawSql_OnlyInTheThreeFirstStates()
    {
        foreach (var state in Enum.GetValues<DeliveryState>())
        {
            TryExecute(
                    "INSERT INTO deliveries (event, session, kind, state, updated_at, history) "
                        + $"VALUES ({(int)state}, 's', 0, {(int)state}, 0, '')"
                )
                .ShouldBe(state is DeliveryState.Accepted or DeliveryState.Queued or DeliveryState.Dead, $"{state}");
        }
    }

    [Theory]
    [InlineData(true, "gone; it may have begun it")]
    [InlineData(false, "gone")]
    public async Task AdoptSession_ItsTerminalWroteDownWhatItTook_SaysThatItMayHaveBegun(bool writtenDown, string note)
    {
        var (taken, waiting) = (Machine(), Machine());
        await Append(taken, Satellite);
        await Append(waiting, Satellite);
        var keys = ((SqliteEventStore)Store).Keyspace;
        if (writtenDown)
            await keys.RunAsync(step => Claim(step, $"agent:claim:{Satellite}"), Cancel);

        await Store.AdoptAsync(Satellite, "gone", Cancel);

        (await NoteForCentralAsync(taken)).ShouldBe(note);
        (await NoteForCentralAsync(waiting)).ShouldBe("gone");
        (await keys.RunAsync(step => step.Kind($"agent:claim:{Satellite}"), Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Deletion_ByRawSql_NeverOfAnythingUnfinished()
    {
        await Append(Machine());
        TryExecute("DELETE FROM deliveries").ShouldBeFalse();
        await Complete(await Inject());
        TryExecute("DELETE FROM deliveries").ShouldBeTrue();
    }

    [Fact]
    public async Task Delivery_OfOneEventToOneSessionTwice_IsRefusedByTheFile()
    {
        await Append(Machine());
        TryExecute(
                "INSERT INTO deliveries (event, session, kind, state, updated_at, history) "
                    + "SELECT event, session, kind, 2, 0, '' FROM deliveries"
            )
            .ShouldBeFalse();
    }

    [Theory]
    [InlineData(BatchPicker.Query, false)]
    [InlineData(Counters.Standing, false)]
    [InlineData(TurnOperations.Open, true)]
    [InlineData(Listings.OpenTurns, true)]
    [InlineData(Listings.Waiting, true)]
    [InlineData(SessionOperations.AcceptedOf, true)]
    [InlineData(SessionOperations.UnfinishedOf, true)]
    [InlineData(TerminalOperations.InHand, true)]
    [InlineData(PurgeOperation.DeleteReplies, false)]
    [InlineData(TerminalOperations.ByKey, false)]
    [InlineData(TerminalOperations.ById, false)]
    [InlineData(EventTable.NewestBySourceAndId, false)]
    public void HotQueries_UseAnIndexAndSortNoBacklog(string sql, bool sortsFewRows)
    {
        var plan = Plan(sql);
        plan.ShouldContain("INDEX");
        plan.ShouldNotContain("state<");
        plan.ShouldNotMatch("SCAN TABLE (?!deliveries AS d USING COVERING INDEX deliveries_unfinished)");
        if (!sortsFewRows)
            plan.ShouldNotContain("TEMP B-TREE");
    }

    private static bool Claim(IKeyspaceTransaction step, string key)
    {
        step.SetString(key, "{}"u8);
        return true;
    }

    private async Task<string?> NoteForCentralAsync(Event e) =>
        (await Receipt(e)).Deliveries.Single(d => d.Session == Gateway).History[^1].Note;

    private static string MoveTrigger
    {
        get
        {
            var text = Migrations.All[0];
            var start = text.IndexOf("CREATE TRIGGER deliveries_move", StringComparison.Ordinal);
            return text[start..(text.IndexOf("END;", start, StringComparison.Ordinal) + 4)];
        }
    }

    private StoreParts Parts(long maxUnfinished = 2_000_000) =>
        new(
            new SqliteStoreOptions { Path = DbFile, MaxUnfinished = maxUnfinished },
            Time,
            new UlidFactory(Time),
            NullLogger<SqliteEventStore>.Instance
        )
        {
            FreeDisk = () => _freeDisk,
        };

    private SqliteConnection Raw(bool create = false)
    {
        var mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite;
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = DbFile,
            Mode = mode,
            Pooling = false,
        };
        var connection = new SqliteConnection(text.ToString());
        connection.Open();
        return connection;
    }

    private void Execute(string sql, bool create = false)
    {
        using var connection = Raw(create);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private bool TryExecute(string sql)
    {
        try
        {
            Execute(sql);
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private long Number(string sql)
    {
        using var connection = Raw();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private string Plan(string sql)
    {
        using var connection = Raw();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        for (var i = 0; i < sql.Count(c => c == '?'); i++)
            command.Parameters.AddWithValue($"{i + 1}", 1);
        using var rows = command.ExecuteReader();
        var plan = "";
        while (rows.Read())
            plan += rows.GetString(3) + "\n";
        return plan;
    }
}
