using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Commands;

public sealed class LogsCommandTests : IDisposable
{
    private const string Two = """
            The end of an entry that was put aside with the last file
        2026-11-21T07:10:57.312Z warn  Bellhop.Diagnostics.Alarms[100] Alarm config: a "fault"
            line two
              line three
        2026-11-21T07:10:58.000Z info  Bellhop.Cli.Hosting.SpoolIntake[600] Took event é

        """;

    private readonly TemporaryHome _home = new();

    public LogsCommandTests()
    {
        _home.Home.Create();
        File.WriteAllText(_home.Home.LogFile, Two);
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Logs_Json_IsOneObjectForEachEntry()
    {
        const string first =
            """{"at":"2026-11-21T07:10:57.312Z","level":"warn","category":"Bellhop.Diagnostics.Alarms","id":100,"message":"Alarm config: a \"fault\"\nline two\n  line three"}""";
        const string second =
            """{"at":"2026-11-21T07:10:58.000Z","level":"info","category":"Bellhop.Cli.Hosting.SpoolIntake","id":600,"message":"Took event é"}""";

        (await CommandRun.RunAsync(_home, "logs", "--json")).ShouldBe(new CommandRun(0, $"{first}\n{second}\n", ""));
        (await CommandRun.RunAsync(_home, "logs", "--json", "-n", "1")).Out.ShouldBe($"{second}\n");
    }

    [Fact]
    public async Task Logs_NoFile_SaysSo()
    {
        File.Delete(_home.Home.LogFile);

        (await CommandRun.RunAsync(_home, "logs")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task Logs_ForAPerson_IsTheFilesLastLines() =>
        (await CommandRun.RunAsync(_home, "logs", "-n", "2")).Out.ShouldBe(
            "      line three\n2026-11-21T07:10:58.000Z info  Bellhop.Cli.Hosting.SpoolIntake[600] Took event é\n"
        );
}
