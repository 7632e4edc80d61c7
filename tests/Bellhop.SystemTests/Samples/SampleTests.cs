using System.Text.Json;
using Bellhop.SystemTests.Extension;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Samples;

/// <summary>The samples as they stand, against the built program.</summary>
public sealed class SampleTests : IAsyncLifetime
{
    private const string Satellite = "pid-4711";

    private readonly GatewayHome _home = new GatewayHome().WithEcho();
    private GatewayProcess _gateway = null!;

    private static string CSharp =>
        Repository.File(
            // Built beside these tests, in the same configuration.
            $"artifacts/bin/PushAndWait/{Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'))}/PushAndWait"
        );

    public async ValueTask InitializeAsync()
    {
        _home.Set("BELLHOP_SESSION", Satellite);
        _gateway = await GatewayProcess.StartAsync(_home);
        _home.Set("REDIS_PORT", $"{_gateway.RespPort}");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task CSharp_ByTheHome_PrintsTheAnswer()
    {
        _home.Set("BELLHOP_SESSION", null);

        var run = await Cli.RunAsync(CSharp, ["download.complete", "a.mp4"], _home.Environment);

        run.ExitCode.ShouldBe(0, run.All);
        run.Output.ShouldContain(" for gateway\n");
        run.Output.ShouldContain("download.complete");
        run.Output.ShouldContain("gateway: completed");
    }

    [Fact]
    public async Task CSharp_StraightToRedis_WaitsForTheSameEvent()
    {
        _home.Set("BELLHOP_SESSION", null);

        var run = await Cli.RunAsync(
            CSharp,
            ["download.complete", "a.mp4", $"redis://127.0.0.1:{_gateway.RespPort}"],
            _home.Environment
        );

        run.ExitCode.ShouldBe(0, run.All);
        run.Output.ShouldContain("gateway: completed");
    }

    [Fact]
    public async Task CSharp_NoGateway_SaysWhatToStart()
    {
        await _gateway.TerminateAsync();

        var run = await Cli.RunAsync(CSharp, [], _home.Environment);

        run.ExitCode.ShouldBe(3, run.All);
        run.Error.ShouldContain("Start it with 'bellhop up'");
    }

    [Fact]
    public async Task Shell_WithCurl_IsKeptForCentralAndTheOrigin()
    {
        var run = await Cli.RunAsync(
            Repository.File("samples/shell/push.sh"),
            ["backup.done", """{"gib":12}""", "backup"],
            _home.Environment
        );

        run.ExitCode.ShouldBe(0, run.All);
        var e = JsonDocument.Parse(run.Output).RootElement.GetProperty("events")[0];
        await ReachedAsync(e.GetProperty("id").GetString()!, "backup.done", """{"gib":12}""");
    }

    [Fact]
    public async Task Shell_WithRedisCli_IsKeptForCentralAndARegisteredOrigin()
    {
        var run = await Cli.ShellAsync(
            $"redis-cli -p $REDIS_PORT SADD agent:gateway:sessions {Satellite} >/dev/null"
                + $" && BELLHOP_HOME=/nowhere '{Repository.File("samples/shell/push.sh")}' backup.done '{{\"gib\":12}}'",
            _home.Environment
        );

        run.ExitCode.ShouldBe(0, run.All);
        run.Output.ShouldEndWith($" → gateway {Satellite}\n");
        await ReachedAsync(run.Output.Split(' ')[0], "backup.done", """{"gib":12}""");
    }

    [Fact]
    public async Task Shell_RefusedByBellhop_GoesNoOtherWayAndIs1()
    {
        var run = await Cli.RunAsync(
            Repository.File("samples/shell/push.sh"),
            ["backup.done", "no json"],
            _home.Environment
        );

        run.ExitCode.ShouldBe(1, run.All);
        run.Output.ShouldContain("BH-4000");
        (await _gateway.Api.GetAsync("/v1/events")).Text.ShouldNotContain("backup.done");
    }

    [Fact]
    public async Task Shell_RefusedByRedis_Is1()
    {
        using var redis = await PersistentRedis.StartAsync("--maxmemory", "1");
        _home.Set("REDIS_PORT", $"{redis.Port}");

        var run = await Cli.ShellAsync(
            $"BELLHOP_HOME=/nowhere '{Repository.File("samples/shell/push.sh")}' backup.done",
            _home.Environment
        );

        run.ExitCode.ShouldBe(1, run.All);
        run.Error.ShouldContain("refused");
    }

    [Fact]
    public async Task Shell_NobodyThere_SaysWhatToStart()
    {
        var run = await Cli.ShellAsync(
            $"BELLHOP_HOME=/nowhere REDIS_PORT=1 '{Repository.File("samples/shell/push.sh")}' a",
            _home.Environment
        );

        run.ExitCode.ShouldBe(3, run.All);
        run.Error.ShouldContain("bellhop up");
    }

    [Fact]
    public async Task TypeScript_OnNode22_IsKeptForCentralAndTheOrigin()
    {
        var run = await Cli.RunAsync(
            Node22,
            ["--experimental-strip-types", TypeScript, "render.done", "tests", """{"frames":7}"""],
            _home.Environment
        );

        await PushedAsync(run);
    }

    [Fact]
    public async Task TypeScript_OnNode20WithItsTypesTakenOut_IsKeptToo()
    {
        var stripped = await Cli.RunAsync(
            Node22,
            [
                "--no-warnings",
                "-e",
                "process.stdout.write(require('module').stripTypeScriptTypes(require('fs').readFileSync(process.argv[1], 'utf8')))",
                TypeScript,
            ],
            _home.Environment
        );
        stripped.ExitCode.ShouldBe(0, stripped.All);
        var script = _home.Beside.Write("push.mjs", stripped.Output);

        var run = await Cli.RunAsync(
            Repository.Tool("node"),
            [script, "render.done", "tests", """{"frames":7}"""],
            _home.Environment
        );

        await PushedAsync(run);
    }

    [Fact]
    public async Task TypeScript_NobodyThere_SaysWhatToStart()
    {
        await _gateway.TerminateAsync();

        var run = await Cli.RunAsync(Node22, ["--experimental-strip-types", TypeScript], _home.Environment);

        run.ExitCode.ShouldBe(1, run.All);
        run.Error.ShouldContain("Start it with 'bellhop up'");
    }

    private static string Node22 => Repository.Part("npm/node22/node_modules/node/bin/node");

    private static string TypeScript => Repository.File("samples/typescript/push-gateway-event.ts");

    private async Task PushedAsync(CliResult run)
    {
        run.ExitCode.ShouldBe(0, run.All);
        var e = JsonDocument.Parse(run.Output).RootElement;
        e.GetProperty("originSession").GetString().ShouldBe(Satellite);
        await ReachedAsync(e.GetProperty("id").GetString()!, "render.done", """{"frames":7}""");
    }

    /// <summary>Central and the origin have it, as it was written.</summary>
    private async Task ReachedAsync(string id, string type, string payload)
    {
        var receipt = (await _gateway.Api.FindAsync(id)).ShouldNotBeNull();
        var json = JsonDocument.Parse(receipt.Text).RootElement;
        json.GetProperty("event").GetProperty("type").GetString().ShouldBe(type);
        json.GetProperty("event").GetProperty("payload").GetRawText().ShouldBe(payload);
        json.GetProperty("deliveries")
            .EnumerateArray()
            .Select(d => d.GetProperty("session").GetString())
            .ShouldBe(["gateway", Satellite]);
    }
}
