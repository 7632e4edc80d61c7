using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>
/// The sync is real: the kernel's own record of the built program shows that no answer leaves before the sync that covers
/// it, and that of a program with <c>synchronous=OFF</c> is refused by the same judge.
/// </summary>
public sealed class StraceTests
{
    private const int Producers = 8;
    private const int EventsEach = 10;

    [Fact]
    public async Task Http_202_LeavesAfterTheSyncThatCoversIt()
    {
        using var home = new GatewayHome().WithEcho();
        Check(await OverHttpAsync(home));
    }

    [Fact]
    public async Task Resp_Integer_LeavesAfterTheSyncThatCoversIt()
    {
        using var home = new GatewayHome().WithEcho();
        Check(await OverRespAsync(home));
    }

    /// <summary>Were the program not to sync, the two tests above would fail: here it does not, and each answer is a fault.</summary>
    [Fact]
    public async Task Http_SynchronousOff_EveryAnswerIsFoundAtFault()
    {
        using var home = new GatewayHome().WithEcho();
        home.Program = UnsyncedProgram.In(home.Beside.Inside("unsynced"));
        ShouldAllBeAtFault(await OverHttpAsync(home));
    }

    [Fact]
    public async Task Resp_SynchronousOff_EveryAnswerIsFoundAtFault()
    {
        using var home = new GatewayHome().WithEcho();
        home.Program = UnsyncedProgram.In(home.Beside.Inside("unsynced"));
        ShouldAllBeAtFault(await OverRespAsync(home));
    }

    private static async Task<Recording> OverHttpAsync(GatewayHome home)
    {
        var ids = Ids();
        var (trace, _) = await RecordAsync(
            home,
            async (gateway, producer) =>
            {
                foreach (var id in ids[producer])
                    ((int)(await gateway.Api.PushAsync(Event(id))).Status).ShouldBe(202);
                return 0;
            }
        );
        var answers = trace.Sends.Where(s => s.Text.Contains("HTTP/1.1 202")).ToList();
        return new Recording(
            trace,
            [.. ids.SelectMany(own => own).Select(id => (id, answers.SingleOrDefault(a => a.Text.Contains(id))))]
        );
    }

    private static async Task<Recording> OverRespAsync(GatewayHome home)
    {
        var ids = Ids();
        var (trace, ports) = await RecordAsync(
            home,
            async (gateway, producer) =>
            {
                using var connection = await RespConnection.OpenAsync(gateway.RespPort);
                foreach (var id in ids[producer])
                    (await connection.CommandAsync("LPUSH", "agent:events:main", Event(id))).ShouldStartWith(":");
                return connection.LocalPort;
            }
        );
        return new Recording(
            trace,
            [
                .. ids.SelectMany(
                    (own, producer) =>
                    {
                        var answers = trace.Sends.Where(s => s.Target.EndsWith($":{ports[producer]}]")).ToList();
                        return own.Select((id, i) => (id, answers.ElementAtOrDefault(i)));
                    }
                ),
            ]
        );
    }

    private static void Check(Recording run)
    {
        run.Faults(run.Trace).ShouldAllBe(fault => fault == null);
        // And were it otherwise, this test would say so, for each of them.
        run.Faults(run.Trace.WithoutSyncs()).ShouldAllBe(fault => fault != null);
        run.Faults(run.Trace.WithLateSyncs()).ShouldAllBe(fault => fault != null);
    }

    private static void ShouldAllBeAtFault(Recording run) =>
        run.Faults(run.Trace).ShouldAllBe(fault => fault != null && fault.Contains("sync"));

    /// <summary>All producers at once, so that commits are shared and a missing order has a chance to show.</summary>
    private static async Task<(SyscallTrace Trace, int[] Results)> RecordAsync(
        GatewayHome home,
        Func<GatewayProcess, int, Task<int>> produce
    )
    {
        var file = home.Beside.Inside("trace");
        int[] results;
        await using (var gateway = await GatewayProcess.StartAsync(home, SyscallTrace.Launcher(file)))
        {
            results = await Task.WhenAll(Enumerable.Range(0, Producers).Select(p => produce(gateway, p)));
            await gateway.TerminateAsync();
        }
        return (SyscallTrace.Parse(File.ReadLines(file)), results);
    }

    private static string[][] Ids() =>
        [
            .. Enumerable
                .Range(0, Producers)
                .Select(_ => Enumerable.Range(0, EventsEach).Select(_ => Guid.NewGuid().ToString()).ToArray()),
        ];

    private static string Event(string id) =>
        $$$"""{"id":"{{{id}}}","type":"test.sync","source":"test","payload":{},"ts":1771372800000}""";

    /// <summary>What was pushed in a run, with the answer to each.</summary>
    private sealed record Recording(SyscallTrace Trace, IReadOnlyList<(string Id, Syscall? Answer)> Pushed)
    {
        /// <summary>What the judge says of each answer; null where it is in order.</summary>
        public IReadOnlyList<string?> Faults(SyscallTrace trace) =>
            [.. Pushed.Select(p => trace.Fault(p.Id, p.Answer))];
    }
}
