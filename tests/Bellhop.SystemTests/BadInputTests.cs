using System.Net;
using System.Text;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>What no producer should send, sent to the built program: the documented refusal, and everything else goes on.</summary>
public sealed class BadInputTests
{
    private static readonly byte[] BigEvent = Encoding.UTF8.GetBytes(
        $$$"""{"type":"big","payload":{"text":"{{{new string('x', 2 * 1024 * 1024)}}}"}}"""
    );

    private static readonly string DeepEvent =
        $$$"""{"type":"deep","payload":{{{string.Concat(Enumerable.Repeat("{\"a\":", 200))}}}1{{{new string('}', 200)}}}}""";

    [Fact]
    public async Task Http_EachBadBody_GetsItsDocumentedCode()
    {
        using var home = new GatewayHome().WithEcho();
        await using var gateway = await GatewayProcess.StartAsync(home);

        await RefusedAsync("{\"type\":"u8.ToArray(), 400, "BH-4000");
        await RefusedAsync("\"text\""u8.ToArray(), 400, "BH-4004");
        await RefusedAsync("{\"type\":7.5e,}"u8.ToArray(), 400, "BH-4000");
        await RefusedAsync("{\"type\":{}}"u8.ToArray(), 400, "BH-4001");
        await RefusedAsync("{\"payload\":{}}"u8.ToArray(), 400, "BH-4001");
        await RefusedAsync(Encoding.UTF8.GetBytes($$"""{"type":"{{new string('t', 257)}}"}"""), 400, "BH-4001");
        await RefusedAsync([.. "{\"type\":\""u8, 0xC3, 0x28, .. "\"}"u8], 400, "BH-4003");
        await RefusedAsync("{\"type\":\"a\\u0000b\"}"u8.ToArray(), 400, "BH-4005");
        await RefusedAsync(Encoding.UTF8.GetBytes(DeepEvent), 400, "BH-4002");
        await RefusedAsync(BigEvent, 413, "BH-4131");
        await RefusedAsync("[{\"type\":\"good\",\"id\":\"g\"},{\"type\":1.}]"u8.ToArray(), 400, "BH-4000");

        (await gateway.Api.FindAsync("g")).ShouldBeNull("400 stores nothing of the request");
        await StillWorksAsync(gateway);

        async Task RefusedAsync(byte[] body, int status, string code)
        {
            var answer = await gateway.Api.PushAsync(body);
            var shown = Encoding.UTF8.GetString(body[..Math.Min(80, body.Length)]);
            ((int)answer.Status).ShouldBe(status, $"{shown}\n{answer.Text}");
            answer.Code.ShouldBe(code, $"{shown}\n{answer.Text}");
        }
    }

    [Fact]
    public async Task Http_NoTokenAndWrongTokens_AreRefusedAndTheRightOnePasses()
    {
        using var home = new GatewayHome().WithEcho();
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var nobody = new GatewayApi(gateway.Api.Address, null);
        using var stranger = new GatewayApi(gateway.Api.Address, new string('0', 64));

        (await nobody.PushAsync("""{"type":"a"}""")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var answers = new List<ApiAnswer>();
        for (var i = 0; i < 15; i++)
            answers.Add(await stranger.PushAsync("""{"type":"a"}"""));

        answers[0].Status.ShouldBe(HttpStatusCode.Unauthorized);
        answers[^1].Status.ShouldBe(HttpStatusCode.TooManyRequests);
        answers[^1].Code.ShouldBe("BH-4292");
        await StillWorksAsync(gateway);
    }

    [Fact]
    public async Task Resp_UnreadableRows_AreKeptAsDeadLettersWithTheirBytes()
    {
        using var home = new GatewayHome().WithEcho();
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var connection = await RespConnection.OpenAsync(gateway.RespPort);
        byte[][] rows =
        [
            "not json"u8.ToArray(),
            "[1,2]"u8.ToArray(),
            "{\"payload\":{}}"u8.ToArray(),
            [0xFF, 0x00, 0xC3, 0x28],
            Encoding.UTF8.GetBytes(DeepEvent),
        ];

        foreach (var row in rows)
        {
            await connection.SendAsync(RespConnection.Frame("LPUSH"u8.ToArray(), "agent:events:main"u8.ToArray(), row));
            (await connection.LineAsync()).ShouldStartWith(":");
        }

        var dead = await Cli.BellhopAsync(home, "dead", "list", "--json");
        dead.ExitCode.ShouldBe(0, dead.All);
        dead.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(rows.Length, dead.All);
        await StillWorksAsync(gateway);
    }

    [Fact]
    public async Task Resp_BrokenFrames_AreRefusedAndNobodyElseNotices()
    {
        using var home = new GatewayHome().WithEcho();
        await using var gateway = await GatewayProcess.StartAsync(home);
        using (var connection = await RespConnection.OpenAsync(gateway.RespPort))
        {
            (await connection.CommandAsync("FROBNICATE", "now")).ShouldStartWith("-ERR unknown command");
            (await connection.CommandAsync("PING")).ShouldBe("+PONG");
        }

        await ClosedAfterErrorAsync("*2\r\n$4\r\nECHO\r\n$99999999999\r\n");
        await ClosedAfterErrorAsync("*99999999999\r\n");
        await ClosedAfterErrorAsync("*1\r\n$-5\r\n");
        using (var connection = await RespConnection.OpenAsync(gateway.RespPort))
        {
            await connection.SendAsync(
                RespConnection.Frame("LPUSH"u8.ToArray(), "agent:events:main"u8.ToArray(), BigEvent)
            );
            (await connection.LineAsync()).ShouldStartWith("-ERR BH-4131");
        }
        await StillWorksAsync(gateway);

        async Task ClosedAfterErrorAsync(string bytes)
        {
            using var connection = await RespConnection.OpenAsync(gateway.RespPort);
            await connection.SendAsync(Encoding.ASCII.GetBytes(bytes));
            (await connection.LineAsync()).ShouldStartWith("-ERR Protocol error");
            await Should.ThrowAsync<IOException>(() => connection.LineAsync());
        }
    }

    /// <summary>Takes as long as the limit: half a minute.</summary>
    [Fact]
    public async Task Resp_HalfAFrameThenSilence_IsClosed()
    {
        using var home = new GatewayHome().WithEcho();
        await using var gateway = await GatewayProcess.StartAsync(home);
        using var connection = await RespConnection.OpenAsync(gateway.RespPort);
        await connection.SendAsync("*3\r\n$5\r\nLPU"u8.ToArray());

        var patience = TimeSpan.FromSeconds(40);
        // It may say why before it closes.
        await Should.ThrowAsync<IOException>(async () =>
        {
            while (true)
                (await connection.LineAsync(patience)).ShouldStartWith("-");
        });
        await StillWorksAsync(gateway);
    }

    [Fact]
    public async Task Flood_OfRefusedInput_LeavesMemoryFlat()
    {
        const int mebibyte = 1024;
        using var home = new GatewayHome().WithEcho();
        await using var gateway = await GatewayProcess.StartAsync(home);
        await FloodAsync(20);
        var before = ResidentKiB(gateway.Pid);

        await FloodAsync(200);

        (ResidentKiB(gateway.Pid) - before).ShouldBeLessThan(64 * mebibyte);
        await StillWorksAsync(gateway);

        async Task FloodAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                ((int)(await gateway.Api.PushAsync(BigEvent)).Status).ShouldBe(413);
                using var connection = await RespConnection.OpenAsync(gateway.RespPort);
                await connection.SendAsync("*1\r\n$999999999\r\n"u8.ToArray());
                (await connection.LineAsync()).ShouldStartWith("-ERR");
            }
        }
    }

    private static async Task StillWorksAsync(GatewayProcess gateway)
    {
        var id = Guid.NewGuid().ToString();
        var answer = await gateway.Api.PushAsync($$"""{"id":"{{id}}","type":"good","source":"test"}""");
        ((int)answer.Status).ShouldBe(202, answer.Text);
        (await gateway.Api.SettledAsync(id)).Only.State.ShouldBe("completed");
    }

    private static long ResidentKiB(int pid) => long.Parse(Processes.Field(pid, "rss"));
}
