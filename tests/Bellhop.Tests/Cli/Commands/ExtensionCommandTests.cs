using System.Text.Json.Nodes;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Commands;

public sealed class ExtensionCommandTests : IDisposable
{
    private readonly TemporaryHome _home = new();

    private string Agent => Path.Combine(_home.Home.Folder, ".pi", "agent");

    private string Folder => Path.Combine(Agent, "extensions", "gateway");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Install_NothingThere_CopiesEveryFile()
    {
        var run = await RunAsync("install");

        run.Code.ShouldBe(0, run.Error);
        run.Out.ShouldContain(Folder);
        var files = Directory.GetFiles(Folder).Select(Path.GetFileName);
        files.ShouldContain("index.ts");
        files.ShouldContain("package.json");
        foreach (var import in await ImportsAsync())
            files.ShouldContain(import);
        Directory.GetFileSystemEntries(Agent).ShouldBe([Path.Combine(Agent, "extensions")]);
    }

    [Fact]
    public async Task Install_AnAgentFolderOfItsOwn_GoesThere()
    {
        var folder = Path.Combine(_home.Home.Folder, "elsewhere");

        var run = await CommandRun.RunWithAsync(
            _home,
            "",
            environment => environment["PI_CODING_AGENT_DIR"] = "~/elsewhere",
            "extension",
            "install"
        );

        run.Code.ShouldBe(0, run.Error);
        File.Exists(Path.Combine(folder, "extensions", "gateway", "index.ts")).ShouldBeTrue();
    }

    [Fact]
    public async Task Install_OwnOlderOne_IsReplacedWithoutABackup()
    {
        await RunAsync("install");
        await File.WriteAllTextAsync(Path.Combine(Folder, "gone.ts"), "", TestContext.Current.CancellationToken);

        (await RunAsync("install")).Code.ShouldBe(0);

        File.Exists(Path.Combine(Folder, "gone.ts")).ShouldBeFalse();
        Directory.GetFileSystemEntries(Agent).ShouldBe([Path.Combine(Agent, "extensions")]);
    }

    [Fact]
    public async Task Install_AnotherOneAndNobodyToAsk_RefusesAndSaysHow()
    {
        PutTheSkills();

        var run = await RunAsync("install");

        run.Code.ShouldBe(1);
        run.Error.ShouldContain("bellhop extension install --yes");
        IsTheSkills(Folder).ShouldBeTrue();
    }

    [Fact]
    public async Task Install_Yes_KeepsTheOtherOutsideOfWhatPiLoads()
    {
        PutTheSkills();

        var run = await RunAsync("install", "--yes");

        run.Code.ShouldBe(0, run.Error);
        Directory.GetDirectories(Path.Combine(Agent, "extensions")).ShouldBe([Folder]);
        IsTheSkills(Folder).ShouldBeFalse();
        var backup = Directory.GetDirectories(Agent, "gateway.before-bellhop-*").Single();
        IsTheSkills(backup).ShouldBeTrue();
        run.Out.ShouldContain(backup);
    }

    [Fact]
    public async Task Remove_AfterAnother_PutsItBack()
    {
        PutTheSkills();
        await RunAsync("install", "--yes");

        var run = await RunAsync("remove");

        run.Code.ShouldBe(0, run.Error);
        IsTheSkills(Folder).ShouldBeTrue();
        Directory.GetDirectories(Agent, "gateway.before-bellhop-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Remove_AnotherOne_LeavesItAlone()
    {
        PutTheSkills();

        (await RunAsync("remove")).Code.ShouldBe(1);

        IsTheSkills(Folder).ShouldBeTrue();
    }

    [Fact]
    public async Task Remove_Alone_LeavesNothing()
    {
        await RunAsync("install");

        (await RunAsync("remove")).Code.ShouldBe(0);

        Directory.Exists(Folder).ShouldBeFalse();
        (await RunAsync("remove")).Out.ShouldContain("not installed");
    }

    [Fact]
    public async Task Status_SaysWhichOneIsActive()
    {
        (await ActiveAsync()).ShouldBeNull();
        PutTheSkills();
        (await ActiveAsync()).ShouldBe("other");
        await RunAsync("install", "--yes");
        (await ActiveAsync()).ShouldBe("bellhop");
        (await RunAsync("status")).Out.ShouldContain("kept from before");
    }

    private async Task<string?> ActiveAsync() =>
        (string?)JsonNode.Parse((await RunAsync("status", "--json")).Out)!["active"];

    private Task<CommandRun> RunAsync(params string[] words) => CommandRun.RunAsync(_home, ["extension", .. words]);

    private async Task<IReadOnlyList<string>> ImportsAsync()
    {
        var text = new List<string>();
        foreach (var file in Directory.GetFiles(Folder, "*.ts"))
            text.AddRange(await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken));
        return
        [
            .. text.Where(line => line.Contains("from \"./")).Select(line => line.Split("\"./")[1].TrimEnd('"', ';')),
        ];
    }

    private void PutTheSkills()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "package.json"), """{"name":"gateway-extension","private":true}""");
        File.WriteAllText(Path.Combine(Folder, "index.ts"), "// the skill's");
    }

    private static bool IsTheSkills(string folder) =>
        File.ReadAllText(Path.Combine(folder, "index.ts")) == "// the skill's";
}
