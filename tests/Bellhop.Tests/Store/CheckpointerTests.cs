using System.Text;
using Bellhop.Store.Sqlite;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Store;

public sealed class CheckpointerTests : IDisposable
{
    private const int MaxCommits = 500;
    private const int MaxChanges = 4_000;

    private readonly TempFolder _folder = new();
    private readonly LogCapture _logs = new();
    private readonly SemaphoreSlim _folded = new(0);
    private readonly Connection _writer;
    private readonly Checkpointer _checkpointer;
    private int _changes;

    public CheckpointerTests()
    {
        File.WriteAllBytes(Database, []);
        _writer = Connection.Open(Database, readOnly: false, cacheKiB: 512);
        _writer.Execute("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE words (word TEXT)");
        _checkpointer = new Checkpointer(Database, () => _folded.Release(), _logs.CreateLogger("test"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => _folder.File("state.db");

    public void Dispose()
    {
        _checkpointer.Dispose();
        _writer.Dispose();
        _folded.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Committed_AsOftenAsTheLogMayGrow_FoldsWhatWasWrittenUntilThen()
    {
        Commit(MaxCommits - 1);
        // Were one commit fewer enough, this word would come too late.
        Write("the-last-word");
        FileHolds("the-last-word").ShouldBeFalse();

        Commit(1);

        await FoldedAsync();
        FileHolds("the-last-word").ShouldBeTrue();
    }

    [Fact]
    public async Task Committed_FewCommitsWithManyChanges_Folds()
    {
        Write("large");
        _changes += MaxChanges;
        _checkpointer.Committed(_changes);

        await FoldedAsync();
        FileHolds("large").ShouldBeTrue();
    }

    [Fact]
    public async Task Committed_UntilTheWriterHasFinished_StartsNoSecondFold()
    {
        Commit(MaxCommits);
        await FoldedAsync();
        Commit(2 * MaxCommits);
        _folded.CurrentCount.ShouldBe(0);
        Write("meanwhile");

        _checkpointer.Finished();
        Commit(1);

        await FoldedAsync();
        FileHolds("meanwhile").ShouldBeTrue();
        _folded.CurrentCount.ShouldBe(0);
    }

    [Fact]
    public void Fold_NotPossibleNow_IsAWarningAndTriedAgain()
    {
        _writer.Execute("BEGIN IMMEDIATE; INSERT INTO words VALUES ('held')");

        _checkpointer.Fold(_writer);

        _logs.Text.ShouldContain("Warning The store's log could not be folded");
        _writer.Execute("COMMIT");
        _checkpointer.Fold(_writer);
        FileHolds("held").ShouldBeTrue();
    }

    [Fact]
    public async Task Committed_WhileAReaderHoldsASnapshot_NeitherWaitsNorLosesAnything()
    {
        using var reader = Connection.Open(Database, readOnly: true, cacheKiB: 512);
        reader.Execute("BEGIN");
        reader.Number("SELECT count(*) FROM words").ShouldBe(0);
        Write("after-the-snapshot");

        Commit(MaxCommits);
        await FoldedAsync();

        reader.Number("SELECT count(*) FROM words").ShouldBe(0);
        reader.Execute("COMMIT");
        reader.Number("SELECT count(*) FROM words").ShouldBe(1);
    }

    private void Write(string word) => _writer.Execute($"INSERT INTO words VALUES ('{word}')");

    private void Commit(int times)
    {
        for (var i = 0; i < times; i++)
            _checkpointer.Committed(++_changes);
    }

    private Task FoldedAsync() => _folded.WaitAsync(Cancel);

    /// <summary>The file itself, without the log beside it.</summary>
    private bool FileHolds(string word)
    {
        using var file = new FileStream(Database, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) >= 0;
    }
}
