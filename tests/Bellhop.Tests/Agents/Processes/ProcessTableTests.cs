using Bellhop.Agents.Processes;

namespace Bellhop.Tests.Agents.Processes;

public sealed class ProcessTableTests
{
    [Fact]
    public void Parse_StatOfAnOddlyNamedProgram_IsRead() =>
        ProcFsTable
            .Parse("42 (a) b (c) S 7 42 40 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 0 0", "boot")
            .ShouldBe(new ProcessEntry(42, 7, 40, "boot/12345"));

    [Theory]
    [InlineData("42 (x) Z 7 42 40 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 0 0")]
    [InlineData("")]
    [InlineData("rubbish")]
    public void Parse_ZombieOrRubbish_IsNobody(string stat) => ProcFsTable.Parse(stat, "boot").ShouldBeNull();

    [Fact]
    public void ParsePs_LineOfMacOs_IsRead() =>
        PsTable
            .Parse("  501     1 Ss   Fri Nov 20 10:11:12 2026    ")
            .ShouldBe(new ProcessEntry(501, 1, 0, "Fri Nov 20 10:11:12 2026"));

    [Fact]
    public void ForThisSystem_KnowsOurselves()
    {
        var table = ProcessTable.ForThisSystem();
        table.Living().ShouldContain(process => process.Pid == Environment.ProcessId);
        table
            .Find(Environment.ProcessId)
            .ShouldBe(table.Living().Single(process => process.Pid == Environment.ProcessId));
        table.Find(int.MaxValue).ShouldBeNull();
    }
}
