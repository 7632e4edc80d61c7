using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>
/// The sync is real: the kernel's own record of the built program shows that no answer leaves before the sync that covers
/// it. The same record without its syncs, which is what <c>synchronous=OFF</c> leaves, must be refused.
/// </summary>
public sealed class StraceTests
{
    private const int Producers = 8;
    private const int EventsEach = 10;

    [Fact]
    public async Task Http_202_LeavesAfterTheSyncThatCoversIt()
    {
        using var home = new GatewayHome().WithEcho();
        var ids = Ids();
        var trace = await RecordAsync(
            home,
            async (gateway, producer) =>
            {
                foreach (var id in ids[producer])
                    ((int)(await gateway.Api.PushAsync(Event(id))).Status).ShouldBe(202);
                return 0;
            }
        );

        var answers = trace.Trace.Sends.Where(s => s.Text.Contains("HTTP/1.1 202")).ToList();
        Check(
            trace.Trace,
            ids.SelectMany(own => own).Select(id => (id, answers.SingleOrDefault(a => a.Text.Contains(id))))
        );
    }

    [Fact]
    public async Task Resp_Integer_LeavesAfterTheSyncThatCoversIt()
    {
        using var home = new GatewayHome().WithEcho();
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

        Check(
            trace,
            ids.SelectMany(
                (own, producer) =>
                {
                    var answers = trace.Sends.Where(s => s.Target.EndsWith($":{ports[producer]}]")).ToList();
                    return own.Select((id, i) => (id, answers.ElementAtOrDefault(i)));
                }
            )
        );
    }

    private static void Check(SyscallTrace trace, IEnumerable<(string Id, Syscall? Answer)> pushed)
    {
        var all = pushed.ToList();
        all.Select(p => trace.Fault(p.Id, p.Answer)).Where(fault => fault is not null).ShouldBeEmpty();
        // And were it otherwise, this test would say so, for each of them.
        all.ShouldAllBe(p => trace.WithoutSyncs().Fault(p.Id, p.Answer) != null);
        all.ShouldAllBe(p => trace.WithLateSyncs().Fault(p.Id, p.Answer) != null);
    }

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
}
