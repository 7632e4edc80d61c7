using System.Text;
using Bellhop.Cli.Setup;
using Bellhop.Events;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Setup;

public class DurableFileTests
{
    [Fact]
    public void Write_Steps_AreInTheOrderThatSurvivesAPowerCut()
    {
        var disk = new RecordingDisk();

        new DurableFile(disk).Write("/home/spool/a.json", "x"u8);

        var temporary = $".a.json.{Environment.ProcessId}.tmp";
        disk.Steps.ShouldBe([$"write {temporary}", $"rename {temporary} a.json", "sync /home/spool"]);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("rename")]
    public void Write_StepFails_LeavesNothingAndSaysSo(string step)
    {
        var disk = new RecordingDisk { FailsAt = step };

        Should.Throw<IOException>(() => new DurableFile(disk).Write("/home/spool/a.json", "x"u8));

        disk.Steps[^1].ShouldStartWith("remove .a.json");
        disk.Steps.ShouldNotContain("sync /home/spool");
    }

    [Fact]
    public void Write_FolderNotSynced_SaysSo()
    {
        var disk = new RecordingDisk { FailsAt = "sync" };

        Should.Throw<IOException>(() => new DurableFile(disk).Write("/home/spool/a.json", "x"u8));
    }

    [Fact]
    public void Write_RealDisk_ReplacesTheFileForItsOwnerOnly()
    {
        using var home = new TemporaryHome();
        var path = Path.Combine(home.Home.Folder, "file");
        File.WriteAllText(path, "old and longer");

        new DurableFile(Disk.Real).Write(path, "new"u8);

        File.ReadAllText(path).ShouldBe("new");
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(home.Home.Folder).ShouldBe([path]);
    }

    [Fact]
    public void SpoolWrite_FreshHome_IsListedUnderItsName()
    {
        using var home = new TemporaryHome();
        var ulids = new UlidFactory(TimeProvider.System);
        var names = new[] { ulids.Next(), ulids.Next() };

        foreach (var name in names.Reverse())
            Spool.Write(home.Home, name, Encoding.UTF8.GetBytes(name.ToString()));

        Spool.Files(home.Home).Select(Path.GetFileName).ShouldBe(names.Select(n => $"{n}.json"));
    }

    private sealed class RecordingDisk : IDisk
    {
        public List<string> Steps { get; } = [];

        public string? FailsAt { get; init; }

        public void WriteAndSync(string path, ReadOnlySpan<byte> content) => Step("write", Path.GetFileName(path));

        public void Rename(string from, string to) =>
            Step("rename", $"{Path.GetFileName(from)} {Path.GetFileName(to)}");

        public void SyncFolder(string path) => Step("sync", path);

        public void Remove(string path) => Step("remove", Path.GetFileName(path));

        private void Step(string step, string what)
        {
            Steps.Add($"{step} {what}");
            if (FailsAt == step)
                throw new IOException("no");
        }
    }
}
