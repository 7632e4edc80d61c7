using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests;

/// <summary>Every line of the README's tour, in order, on a fresh home.</summary>
public sealed class TourTests
{
    [Fact]
    public async Task Readme_Tour_EveryLineWorks()
    {
        using var home = new GatewayHome().WithFreePorts();
        await using var gateway = await GatewayProcess.StartAsync(home);
        PathShims.Install(home, gateway);
        var lines = DocumentedLines.After("README.md", "tour");
        lines.Count.ShouldBeGreaterThan(6);

        var said = new Dictionary<string, CliResult>();
        foreach (var line in lines)
        {
            // The tour stands in the repository's root; the test's shims stand for what is there.
            var result = await Cli.ShellAsync(line.Replace("./bellhop", "bellhop"), home.Environment);
            result.ExitCode.ShouldBe(0, $"{line}\n{result.All}\n{gateway.Said}");
            result.Output.ShouldNotBeNullOrWhiteSpace(line);
            said[line] = result;
            // The next line of the tour looks at what this one pushed: a person is slower than a machine.
            if (line.Contains("PUBLISH"))
                await gateway.Api.SettledAsync("test");
        }

        Said("bellhop push").ShouldContain("echo: ");
        Said("redis-cli LPUSH agent:events:main '{").Trim().ShouldBe("1");
        Said("bellhop trace test").ShouldContain("completed");
        Said("bellhop status").ShouldContain("gateway");
        Said("bellhop events").ShouldContain("download.complete");
        Said("bellhop dead list").ShouldContain("not JSON");

        string Said(string word) => said.First(s => s.Key.Contains(word)).Value.Output;
    }
}
