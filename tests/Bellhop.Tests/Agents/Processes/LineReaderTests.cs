using System.Text;
using Bellhop.Agents.Processes;

namespace Bellhop.Tests.Agents.Processes;

public sealed class LineReaderTests
{
    [Fact]
    public async Task ReadAsync_SplitsAtNewlinesOnly()
    {
        var lines = await ReadAllAsync("one\n\ntwo\u2028still \u0085 two\r\ntorn");
        lines.ShouldBe(["one", "", "two\u2028still \u0085 two\r"]);
    }

    [Fact]
    public async Task ReadAsync_LinesOfAllSizes_AreWhole()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var lines = Enumerable
            .Range(0, 50)
            .Select(i => new string((char)('a' + (i % 26)), random.Next(0, 200_000)))
            .ToArray();
        (await ReadAllAsync(string.Join('\n', lines) + "\n")).ShouldBe(lines);
    }

    [Fact]
    public async Task ReadAsync_BeyondTheLimit_Throws() =>
        await Should.ThrowAsync<LineTooLongException>(ReadAllAsync(new string('x', 3_000_000) + "\n", 1_000_000));

    private static async Task<List<string>> ReadAllAsync(string text, int limit = int.MaxValue)
    {
        var reader = new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), limit);
        var lines = new List<string>();
        while (await reader.ReadAsync(default) is { } line)
            lines.Add(Encoding.UTF8.GetString(line.Span));
        return lines;
    }
}
