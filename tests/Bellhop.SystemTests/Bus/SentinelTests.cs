using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>A primary with a replica, and a Sentinel that makes the one the other when it dies.</summary>
public sealed class SentinelTests
{
    private static readonly TimeSpan FailOver = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task FailOver_PrimaryDies_TheGatewayGoesOnWithTheReplica()
    {
        using var primary = await DurableRedis.StartAsync();
        using var replica = await DurableRedis.StartAsync("--replicaof", "127.0.0.1", $"{primary.Port}");
        await Wait.Until(
            async () =>
            {
                await primary.CommandAsync("SET", "synced", "1");
                return await primary.CommandAsync("WAIT", "1", "1000") == ":1";
            },
            "the replica to follow"
        );
        using var folder = new TempFolder();
        using var sentinel = new Sentinel(folder, primary.Port);
        using var home = new GatewayHome().WithEcho().OnRedis($"redis+sentinel://127.0.0.1:{sentinel.Port}/mymaster/0");
        await using var gateway = await GatewayProcess.StartAsync(home);
        await gateway.Api.PushAsync(Event("before"));
        await DeliversAsync(gateway, "before");
        (await primary.CommandAsync("WAIT", "1", "5000")).ShouldBe(":1");

        await primary.KillAsync();
        await gateway.Api.PushAsync(Event("after"));

        await DeliversAsync(gateway, "after");
        (await gateway.Api.FindAsync("before")).ShouldNotBeNull().Only.State.ShouldBe("completed");
        await primary.StartAgainAsync();
    }

    private static string Event(string id) =>
        $$"""{"id":"{{id}}","type":"test.bus","source":"test","payload":{},"ts":1771372800000}""";

    private static Task DeliversAsync(GatewayProcess gateway, string id) =>
        Wait.Until(
            async () =>
            {
                var answer = await gateway.Api.GetAsync($"/v1/events/{id}");
                return answer.Status == HttpStatusCode.OK && EventReceipt.Parse(answer.Json).Only.State == "completed";
            },
            $"{id} to be delivered",
            FailOver
        );

    private sealed class Sentinel : IDisposable
    {
        private readonly Process _process;
        private readonly ProcessOutput _said;

        public Sentinel(TempFolder folder, int primary)
        {
            using (var listener = new TcpListener(IPAddress.Loopback, 0))
            {
                listener.Start();
                Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            var config = folder.Write(
                "sentinel.conf",
                $"""
                port {Port}
                bind 127.0.0.1
                dir {folder.Path}
                sentinel monitor mymaster 127.0.0.1 {primary} 1
                sentinel down-after-milliseconds mymaster 1000
                sentinel failover-timeout mymaster 5000

                """
            );
            _process = Process.Start(Processes.Describe(Repository.Tool("redis-server"), [config, "--sentinel"]))!;
            _said = new ProcessOutput(_process);
        }

        public int Port { get; }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _said.Dispose();
        }
    }
}
