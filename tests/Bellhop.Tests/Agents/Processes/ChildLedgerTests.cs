using Bellhop.Agents.Processes;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Agents.Processes;

/// <summary>A list of our children that cannot always be written: a folder stands where its next version goes.</summary>
public sealed class ChildLedgerTests : IDisposable
{
    private static readonly ProcessFamily First = new(null, null, "first");
    private static readonly ProcessFamily Second = new(null, null, "second");

    private readonly TempFolder _folder = new();
    private readonly LogCapture _log = new();
    private readonly FamilyKiller _killer = new(ProcessTable.ForThisSystem(), TimeProvider.System);
    private readonly ChildLedger _ledger;

    public ChildLedgerTests() => _ledger = new ChildLedger(Path, _killer, _log.CreateLogger(""));

    private string Path => _folder.File("run/agents.json");

    private string Written => File.ReadAllText(Path);

    public void Dispose()
    {
        _ledger.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Remove_CannotBeWritten_GoesOnAndTheNextWritePutsItRight()
    {
        _ledger.Add(First);
        Block();

        _ledger.Remove(First);

        Written.ShouldContain("first");
        _log.Text.ShouldContain("Warning");
        Unblock();
        _ledger.Add(Second);
        Written.ShouldContain("second");
        Written.ShouldNotContain("first");
    }

    [Fact]
    public void Add_CannotBeWritten_IsASpawnFaultAndTheChildIsNotListed()
    {
        Block();

        Should.Throw<SpawnException>(() => _ledger.Add(First)).Message.ShouldContain(Path);

        Unblock();
        _ledger.Add(Second);
        Written.ShouldNotContain("first");
    }

    [Fact]
    public void Add_WhatIsKnownNowCannotBeWritten_WhatWasWrittenStays()
    {
        _ledger.Add(First);
        Block();

        Should.Throw<SpawnException>(() => _ledger.Add(First with { Pid = 4711 }));

        Unblock();
        _ledger.Add(Second);
        Written.ShouldContain("first");
        Written.ShouldNotContain("4711");
    }

    [Fact]
    public async Task Start_LedgerCannotBeWritten_StartsNothing()
    {
        Block();
        await Should.ThrowAsync<SpawnException>(StartAsync(_killer, "sh", "-c", "touch began"));
        File.Exists(_folder.File("began")).ShouldBeFalse();
    }

    [Fact]
    public async Task Start_PidCannotBeWritten_EndsTheChild()
    {
        var table = new BlockingTable(_killer.Table, Block);

        await Should.ThrowAsync<SpawnException>(
            StartAsync(new FamilyKiller(table, TimeProvider.System), "sleep", "1000")
        );

        _killer.Table.Find(table.Asked.ShouldNotBeNull()).ShouldBeNull();
    }

    [Fact]
    public async Task Gone_LedgerCannotBeWritten_CompletesAllTheSame()
    {
        await using var child = await StartAsync(_killer, "cat");
        Block();

        await child.StopAsync(default);

        child.Gone.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private Task<ChildProcess> StartAsync(FamilyKiller killer, params string[] command) =>
        new Children(_ledger, killer, TimeProvider.System, _log.CreateLogger("")).StartAsync(
            new ChildStart
            {
                Command = command,
                Folder = _folder.Path,
                ErrorLog = _folder.File("logs/agent.log"),
            },
            TestContext.Current.CancellationToken
        );

    private void Block() => Directory.CreateDirectory(Path + ".next");

    private void Unblock() => Directory.Delete(Path + ".next");

    /// <summary>Between a child's start and its second line in the ledger, something happens.</summary>
    private sealed class BlockingTable(IProcessTable inner, Action happens) : IProcessTable
    {
        public int? Asked { get; private set; }

        public IReadOnlyList<ProcessEntry> Living() => inner.Living();

        public ProcessEntry? Find(int pid)
        {
            Asked = pid;
            happens();
            return inner.Find(pid);
        }

        public bool WasStartedWith(ProcessEntry process, string variable) => inner.WasStartedWith(process, variable);
    }
}
