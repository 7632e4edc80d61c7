using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Commands;

public sealed class ConfigReloadCommandTests : IDisposable
{
    private const string Call = "POST /v1/config/reload";

    private const string Fault =
        """{"key":"retry.attempts","value":"0","where":"config.json line 3","mend":"must be more."}""";

    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Reload_Changes_SaysWhatHoldsAndWhatWaits()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On(
            Call,
            """{"changed":["logs.level","retry.attempts"],"atNextStart":["listen","bus.kind"]}"""
        );

        var run = await CommandRun.RunAsync(_home, "config", "reload");

        run.ShouldBe(
            new CommandRun(
                0,
                "logs.level, retry.attempts: taken over\nlisten, bus.kind: take effect at the next start\n",
                ""
            )
        );
    }

    [Fact]
    public async Task Reload_Nothing_SaysSo()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On(Call, """{"changed":[],"atNextStart":[]}""");

        (await CommandRun.RunAsync(_home, "config", "reload")).Out.ShouldBe(
            "Nothing has changed since it was last read.\n"
        );
    }

    [Fact]
    public async Task Reload_Faults_PrintsEachAndExits78()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On(
            Call,
            $$$"""{"error":{"code":"BH-4221","message":"It has a fault:\n  retry.attempts = 0","faults":[{{{Fault}}}]}}""",
            status: 422
        );

        (await CommandRun.RunAsync(_home, "config", "reload")).ShouldBe(
            new CommandRun(78, "", "It has a fault:\n  retry.attempts = 0\n")
        );
        (await CommandRun.RunAsync(_home, "config", "reload", "--json")).ShouldBe(new CommandRun(78, Fault + "\n", ""));
    }

    [Fact]
    public async Task Reload_NoGateway_Exits3() =>
        (await CommandRun.RunAsync(_home, "config", "reload")).Code.ShouldBe(3);
}
