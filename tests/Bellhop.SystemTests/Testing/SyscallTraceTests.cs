namespace Bellhop.SystemTests.Testing;

/// <summary>The checker itself must be able to say no.</summary>
public sealed class SyscallTraceTests
{
    private const string Write = """10 pwrite64(7</h/state.db-wal>, "..id-1..", 4096, 56) = 4096""";
    private const string Sync = "10 fdatasync(7</h/state.db-wal>) = 0";
    private const string Answer =
        """11 sendto(9<TCP:[127.0.0.1:6379->127.0.0.1:4000]>, ":1\r\n", 4, MSG_NOSIGNAL, NULL, 0) = 4""";

    [Fact]
    public void Fault_WriteSyncAnswer_IsNone() => Fault(Write, Sync, Answer).ShouldBeNull();

    [Fact]
    public void Fault_SyncInTwoLinesThatEndsBeforeTheAnswer_IsNone() =>
        Fault(
                Write,
                "10 fdatasync(7</h/state.db-wal> <unfinished ...>",
                """12 write(1</dev/null>, "x = 1", 5) = 5""",
                "10 <... fdatasync resumed>) = 0",
                Answer
            )
            .ShouldBeNull();

    [Fact]
    public void Fault_NoSync_IsFound() => Fault(Write, Answer)!.ShouldContain("never synced");

    [Fact]
    public void Fault_SyncBeforeTheWrite_IsFound() => Fault(Sync, Write, Answer)!.ShouldContain("never synced");

    [Fact]
    public void Fault_SyncOfAnotherFile_IsFound() =>
        Fault(Write, "10 fdatasync(8</h/other>) = 0", Answer)!.ShouldContain("never synced");

    [Fact]
    public void Fault_SyncThatFailed_IsFound() =>
        Fault(Write, "10 fdatasync(7</h/state.db-wal>) = -1 EIO (Input/output error)", Answer)!
            .ShouldContain("never synced");

    [Fact]
    public void Fault_AnswerWhileTheSyncRuns_IsFound() =>
        Fault(Write, "10 fdatasync(7</h/state.db-wal> <unfinished ...>", Answer, "10 <... fdatasync resumed>) = 0")!
            .ShouldContain("before the sync");

    [Fact]
    public void Fault_NeverWritten_IsFound() => Fault(Sync, Answer)!.ShouldContain("never written");

    private static string? Fault(params string[] lines)
    {
        var trace = SyscallTrace.Parse(lines);
        return trace.Fault("id-1", trace.Sends.SingleOrDefault());
    }
}
