using System.Diagnostics;
using System.Text;
using Bellhop.Agents;
using Bellhop.Agents.Pi;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Agents.Pi;

public sealed class PiTranscriptTests : IDisposable
{
    private const string Header = """{"type":"session","version":3,"id":"x","timestamp":"t","cwd":"/"}""";

    private readonly TempFolder _folder = new();
    private readonly string _path;

    public PiTranscriptTests() => _path = _folder.File("session.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_NoFile_IsNo() => PiTranscript.Find(_path, "turn 1").ShouldBeOfType<Arrival.No>();

    [Fact]
    public void Find_AnsweredPrompt_IsYesWithTheAnswer()
    {
        Write(
            Header,
            User("a turn 1"),
            Assistant("toolUse", "let me look"),
            ToolResult("turn 1"),
            Assistant("stop", "done"),
            User("b turn 2")
        );
        PiTranscript.Find(_path, "turn 1").ShouldBe(new Arrival.Yes("done"));
        PiTranscript.Find(_path, "turn 2").ShouldBe(new Arrival.Yes(null));
        PiTranscript.Find(_path, "turn 3").ShouldBeOfType<Arrival.No>();
    }

    [Theory]
    [InlineData("toolUse")]
    [InlineData("error")]
    [InlineData("aborted")]
    public void Find_ReplyIsNotFinal_IsYesWithoutAnswer(string stopReason)
    {
        Write(Header, User("turn 1"), Assistant(stopReason, "half"));
        PiTranscript.Find(_path, "turn 1").ShouldBe(new Arrival.Yes(null));
    }

    [Fact]
    public void Find_MarkerOnlyQuotedByOthers_IsNo()
    {
        Write(
            Header,
            User("hello"),
            Assistant("stop", "you mean turn 1"),
            ToolResult("turn 1"),
            """{"type":"custom","data":"turn 1"}"""
        );
        PiTranscript.Find(_path, "turn 1").ShouldBeOfType<Arrival.No>();
    }

    [Fact]
    public void Find_MarkerInATornLine_IsNo()
    {
        Write(Header, User("hello"));
        File.AppendAllText(_path, User("turn 1")[..^10]);
        PiTranscript.Find(_path, "turn 1").ShouldBeOfType<Arrival.No>();
    }

    [Fact]
    public void Find_OddMarkerAndText_IsFound()
    {
        Write(Header, User("""\ud83d turn \"1\" \u00e9"""), Assistant("length", "cut"));
        PiTranscript.Find(_path, "turn \"1\" é").ShouldBe(new Arrival.Yes("cut"));
    }

    [Theory]
    [InlineData(1024 * 1024)]
    [InlineData((1024 * 1024) - 3)]
    [InlineData((1024 * 1024) + 3)]
    [InlineData(3_000_000)]
    public void Find_MarkerAroundABlockBorder_IsFound(int fill)
    {
        Write(Header, User("turn 1"), Assistant("stop", "done"), User(new string('x', fill)));
        PiTranscript.Find(_path, "turn 1").ShouldBe(new Arrival.Yes("done"));
    }

    [Fact]
    public void Find_EveryOffsetAcrossTheBorder_IsFound()
    {
        var tail = User("turn 1") + "\n";
        for (var over = 0; over < tail.Length; over++)
        {
            File.WriteAllText(_path, Header + "\n" + tail + User(new string('x', (1024 * 1024) - over)) + "\n");
            PiTranscript.Find(_path, "turn 1").ShouldBe(new Arrival.Yes(null), $"{over}");
        }
    }

    [Fact]
    public void Find_FiftyMegabytes_IsQuick()
    {
        using (var file = new StreamWriter(_path))
        {
            file.WriteLine(Header);
            file.WriteLine(User("turn 1"));
            var filler = Assistant("toolUse", new string('y', 100_000));
            for (var i = 0; i < 500; i++)
                file.WriteLine(filler);
        }
        var clock = Stopwatch.StartNew();
        PiTranscript.Find(_path, "no such turn").ShouldBeOfType<Arrival.No>();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2)); // 30 ms on an idle machine
    }

    [Fact]
    public void Repair_TornLastLine_IsEnded()
    {
        Write(Header, User("turn 1"));
        File.AppendAllText(_path, """{"type":"mess""");
        PiTranscript.Repair(_path);
        PiTranscript.Repair(_path);
        File.ReadAllText(_path).ShouldEndWith("""{"type":"mess""" + "\n");
        PiTranscript.Find(_path, "turn 1").ShouldBe(new Arrival.Yes(null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"type":"session","vers""")]
    [InlineData("not a session\n")]
    public void Repair_NoHeader_IsPutAside(string content)
    {
        File.WriteAllText(_path, content);
        PiTranscript.Repair(_path);
        File.Exists(_path).ShouldBeFalse();
        File.ReadAllText(_path + ".torn").ShouldBe(content);
    }

    [Fact]
    public void Repair_SoundFile_IsUntouched()
    {
        Write(Header, User("turn 1"));
        var before = File.ReadAllBytes(_path);
        PiTranscript.Repair(_path);
        File.ReadAllBytes(_path).ShouldBe(before);
    }

    private void Write(params string[] lines) =>
        File.WriteAllText(_path, string.Join('\n', lines) + "\n", new UTF8Encoding(false));

    private static string User(string text) => Message("user", "", text);

    private static string Assistant(string stop, string text) =>
        Message("assistant", $"\"stopReason\":\"{stop}\",", text);

    private static string ToolResult(string text) => Message("toolResult", "", text);

    private static string Message(string role, string more, string text) =>
        $$$"""{"type":"message","id":"1","parentId":"0","message":{"role":"{{{role}}}",{{{more}}}"content":[{"type":"text","text":"{{{text}}}"}]}}""";
}
