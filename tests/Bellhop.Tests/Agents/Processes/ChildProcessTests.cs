using System.Globalization;
using Bellhop.Agents.Processes;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Agents.Processes;

/// <summary>Real processes.</summary>
public sealed class ChildProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FamilyKiller _killer = new(ProcessTable.ForThisSystem(), TimeProvider.System);
    private readonly ChildLedger _ledger;
    private readonly Children _children;

    public ChildProcessTests()
    {
        _ledger = new ChildLedger(_folder.File("run/agents.json"), _killer, NullLogger.Instance);
        _children = new Children(_ledger, _killer, TimeProvider.System, NullLogger.Instance);
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task StartAsync_LeadsItsOwnSessionInItsFolder()
    {
        await using var child = await StartAsync(
            "sh",
            "-c",
            "ps -o sid= -p $$; pwd; echo $BELLHOP_RUN; grep SigIgn /proc/self/status"
        );
        var lines = (await new StreamReader(child.Output).ReadToEndAsync()).Split('\n');
        int.Parse(lines[0], CultureInfo.InvariantCulture).ShouldBe(child.Pid);
        lines[1].ShouldBe(_folder.Path);
        lines[2].Length.ShouldBe(32);
        var ignored = long.Parse(lines[3].Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        (ignored & (1 << 12)).ShouldBe(0, "a child must get SIGPIPE");
        (await child.Exited).ShouldBe(new ChildExit(0, null));
    }

    [Fact]
    public async Task StartAsync_HasNoHandleOfOurs()
    {
        await using var file = File.Create(_folder.File("open"));
        await using var child = await StartAsync("ls", "-l", "/proc/self/fd");
        (await new StreamReader(child.Output).ReadToEndAsync()).ShouldNotContain(file.Name);
    }

    [Theory]
    [InlineData("no-such-program-anywhere")]
    [InlineData("./not-executable")]
    public async Task StartAsync_NotThere_SaysWhichAndLeavesNothingInTheLedger(string program)
    {
        _folder.Write("not-executable", "text");
        var fault = await Should.ThrowAsync<SpawnException>(StartAsync(program));
        fault.Message.ShouldContain(program);
        File.Exists(_folder.File("run/agents.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task StartAsync_NotAProgram_SaysWhich()
    {
        var path = _folder.Write("text", "just text", executable: true);
        (await Should.ThrowAsync<SpawnException>(StartAsync(path))).Message.ShouldContain(path);
        (await File.ReadAllTextAsync(_folder.File("run/agents.json"))).ShouldBe("[]");
    }

    [Fact]
    public async Task StopAsync_WellBehaved_EndsByTheEndOfItsInput()
    {
        await using var child = await StartAsync("cat");
        await child.StopAsync(default);
        (await child.Exited).ShouldBe(new ChildExit(0, null));
    }

    [Fact]
    public async Task TerminateAsync_EndsBySigTerm()
    {
        await using var child = await StartAsync("sleep", "1000");
        await child.TerminateAsync(default);
        (await child.Exited).ShouldBe(new ChildExit(null, 15));
    }

    [Fact]
    public async Task TerminateAsync_Deaf_EndsByForce()
    {
        await using var child = await StartAsync("sh", "-c", "trap '' TERM; echo on; while true; do sleep 1000; done");
        await ReadLineAsync(child);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await child.TerminateAsync(now.Token);
        (await child.Exited).ShouldBe(new ChildExit(null, 9));
    }

    [Fact]
    public async Task Gone_ChildEndsByItself_ItsChildrenInOtherSessionsAreDead()
    {
        await using var child = await StartAsync(
            "sh",
            "-c",
            "setsid sleep 1000 & echo $!; env -i setsid sleep 1000 & echo $!; env -i sleep 1000 & echo $!; wait"
        );
        var pids = new[] { await ReadLineAsync(child), await ReadLineAsync(child), await ReadLineAsync(child) };
        await child.KillAsync();
        foreach (var pid in pids)
            _killer.Table.Find(int.Parse(pid, CultureInfo.InvariantCulture)).ShouldBeNull();
        (await File.ReadAllTextAsync(_folder.File("run/agents.json"))).ShouldBe("[]");
    }

    [Fact]
    public async Task Gone_ParentDiedFirst_OrphansAreFoundByMarkAndSession()
    {
        await using var child = await StartAsync(
            "sh",
            "-c",
            "setsid sleep 1000 >/dev/null 2>&1 & echo $!; env -i sleep 1000 >/dev/null 2>&1 & echo $!"
        );
        var pids = new[] { await ReadLineAsync(child), await ReadLineAsync(child) };
        await child.Gone;
        foreach (var pid in pids)
            _killer.Table.Find(int.Parse(pid, CultureInfo.InvariantCulture)).ShouldBeNull();
    }

    [Fact]
    public async Task LastErrors_KeepsTheEndAndBoundsTheFile()
    {
        await using var child = await StartAsync("sh", "-c", "seq 1 400000 >&2; echo the end >&2");
        await child.Gone;
        var lines = child.LastErrors.Split('\n');
        lines.Length.ShouldBe(20);
        lines[^1].ShouldBe("the end");
        new FileInfo(_folder.File("logs/agent.log")).Length.ShouldBeLessThan(1024 * 1024);
        File.Exists(_folder.File("logs/agent.log.1")).ShouldBeTrue();
    }

    [Fact]
    public async Task ReapAsync_AnotherRunsChildren_AreKilledOnce()
    {
        await using var child = await StartAsync("sh", "-c", "setsid sleep 1000 & echo $!; sleep 1000");
        var grandchild = int.Parse(await ReadLineAsync(child), CultureInfo.InvariantCulture);

        using var next = new ChildLedger(_folder.File("run/agents.json"), _killer, NullLogger.Instance);
        await next.ReapAsync(default);

        _killer.Table.Find(child.Pid).ShouldBeNull();
        _killer.Table.Find(grandchild).ShouldBeNull();
    }

    [Fact]
    public async Task ReapAsync_PidBelongsToSomebodyElseNow_IsLeftAlone()
    {
        await using var bystander = await StartAsync("sleep", "1000");
        var ledger = _folder.Write(
            "other.json",
            $$"""[{"pid":{{bystander.Pid}},"start":"another boot/1","mark":"nobody"}]"""
        );
        using var next = new ChildLedger(ledger, _killer, NullLogger.Instance);
        await next.ReapAsync(default);
        _killer.Table.Find(bystander.Pid).ShouldNotBeNull();
    }

    [Fact]
    public async Task ReapAsync_UnreadableLedger_IsIgnored()
    {
        using var next = new ChildLedger(_folder.Write("bad.json", "{"), _killer, NullLogger.Instance);
        await next.ReapAsync(default);
    }

    private Task<ChildProcess> StartAsync(params string[] command) =>
        _children.StartAsync(
            new ChildStart
            {
                Command = command,
                Folder = _folder.Path,
                ErrorLog = _folder.File("logs/agent.log"),
            },
            TestContext.Current.CancellationToken
        );

    private static async Task<string> ReadLineAsync(ChildProcess child)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await child.Output.ReadAsync(one) == 1 && one[0] != '\n')
            line.Add(one[0]);
        return System.Text.Encoding.UTF8.GetString([.. line]);
    }
}
