using System.Text.Json.Nodes;
using Bellhop.Agents.Pi;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Agents.Pi;

public sealed class PiAgentFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _person;
    private readonly string _ours;

    public PiAgentFolderTests()
    {
        (_person, _ours) = (_folder.File("person"), _folder.File("ours"));
        Directory.CreateDirectory(_person);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prepare_Login_IsLinkedSoThatARefreshIsShared()
    {
        File.WriteAllText(Path.Combine(_person, "auth.json"), "old");
        PiAgentFolder.Prepare(_person, _ours);
        PiAgentFolder.Prepare(_person, _ours);
        File.WriteAllText(Path.Combine(_ours, "auth.json"), "refreshed");
        File.ReadAllText(Path.Combine(_person, "auth.json")).ShouldBe("refreshed");
    }

    [Fact]
    public void Prepare_PersonHasNothing_KeepsWhatPiMadeAndDropsStaleCopies()
    {
        Directory.CreateDirectory(_ours);
        File.WriteAllText(Path.Combine(_ours, "auth.json"), "{}");
        File.WriteAllText(Path.Combine(_ours, "models.json"), "stale");
        PiAgentFolder.Prepare(_folder.File("nowhere"), _ours);
        File.ReadAllText(Path.Combine(_ours, "auth.json")).ShouldBe("{}");
        File.Exists(Path.Combine(_ours, "models.json")).ShouldBeFalse();
    }

    [Fact]
    public void Prepare_LoginAppearsOrGoes_FollowsIt()
    {
        Directory.CreateDirectory(_ours);
        File.WriteAllText(Path.Combine(_ours, "auth.json"), "{}");
        var auth = Path.Combine(_person, "auth.json");
        File.WriteAllText(auth, "login");
        PiAgentFolder.Prepare(_person, _ours);
        new FileInfo(Path.Combine(_ours, "auth.json")).LinkTarget.ShouldBe(auth);

        File.Delete(auth);
        PiAgentFolder.Prepare(_person, _ours);
        new FileInfo(Path.Combine(_ours, "auth.json")).LinkTarget.ShouldBeNull();
        Path.Exists(Path.Combine(_ours, "auth.json")).ShouldBeFalse();
    }

    [Fact]
    public void Prepare_Settings_AreCopiedWithoutOurExtension()
    {
        File.WriteAllText(
            Path.Combine(_person, "settings.json"),
            """
            { "defaultModel": "m", // a person's comment
              "extensions": ["./extensions/gateway/index.ts", "./other.ts", "/abs/x.ts", "~/y.ts"],
              "packages": ["npm:@x/tools", "npm:@bellhop/pi", { "source": "../mine", "skills": [] }], }
            """
        );
        PiAgentFolder.Prepare(_person, _ours);
        var settings = JsonNode.Parse(File.ReadAllText(Path.Combine(_ours, "settings.json")))!;
        settings["defaultModel"]!.GetValue<string>().ShouldBe("m");
        settings["extensions"]!
            .AsArray()
            .Select(n => n!.GetValue<string>())
            .ShouldBe([Path.Combine(_person, "other.ts"), "/abs/x.ts", "~/y.ts"]);
        settings["packages"]![0]!.GetValue<string>().ShouldBe("npm:@x/tools");
        settings["packages"]![1]!["source"]!.GetValue<string>().ShouldBe(_folder.File("mine"));
        settings["packages"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public void Prepare_BrokenSettings_AreLeftForPiToReport()
    {
        File.WriteAllText(Path.Combine(_person, "settings.json"), "{ broken");
        PiAgentFolder.Prepare(_person, _ours);
        File.ReadAllText(Path.Combine(_ours, "settings.json")).ShouldBe("{ broken");
    }

    [Fact]
    public void Prepare_OursIsThePersons_TouchesNothing()
    {
        File.WriteAllText(Path.Combine(_person, "auth.json"), "login");
        PiAgentFolder.Prepare(_person, _person);
        new FileInfo(Path.Combine(_person, "auth.json")).LinkTarget.ShouldBeNull();
    }
}
