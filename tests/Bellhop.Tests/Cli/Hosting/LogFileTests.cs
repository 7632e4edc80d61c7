using Bellhop.Cli.Hosting;
using Bellhop.Cli.Setup;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging;

namespace Bellhop.Tests.Cli.Hosting;

public sealed class LogFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string FilePath => _folder.File("bellhop.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Full_PutsTheFileAsideAndKeepsNoMoreThanAllowed()
    {
        using (var log = new LogFile(() => new LogOptions(FilePath, LogLevel.Information, 10, 3)))
        {
            foreach (var line in (string[])["first line", "second line", "third line", "fourth line"])
                log.Write(line);
        }

        Directory
            .GetFiles(_folder.Path)
            .Select(Path.GetFileName)
            .Order()
            .ShouldBe(["bellhop.log", "bellhop.log.1", "bellhop.log.2"]);
        File.ReadAllText(FilePath + ".1").ShouldBe("fourth line\n");
        File.ReadAllText(FilePath + ".2").ShouldBe("third line\n");
    }

    [Fact]
    public void Write_OneFileAllowed_StartsItAnew()
    {
        using (var log = new LogFile(() => new LogOptions(FilePath, LogLevel.Information, 10, 1)))
        {
            log.Write("first line");
            log.Write("x");
        }

        Directory.GetFiles(_folder.Path).ShouldBe([FilePath]);
        File.ReadAllText(FilePath).ShouldBe("x\n");
    }

    [Fact]
    public void Write_ControlCharacters_AreEscaped()
    {
        using (var log = new LogFile(() => new LogOptions(FilePath, LogLevel.Information, 1000, 1)))
            log.Write("a\e[2J\nb");

        File.ReadAllText(FilePath).ShouldBe("a\\x1b[2J\n    b\n");
    }

    [Fact]
    public void Tail_AcrossRotation_MissesNoWholeLine()
    {
        File.WriteAllText(FilePath, "one\ntwo\nhalf");
        var tail = new LogTail(FilePath);
        tail.Last(1).ShouldBe(["two"]);

        File.AppendAllText(FilePath, " done\n");
        tail.Added().ShouldBe(["half done"]);
        tail.Added().ShouldBeEmpty();

        File.WriteAllText(FilePath, "new\n");
        tail.Added().ShouldBe(["new"]);
    }
}
