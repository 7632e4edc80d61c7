namespace Bellhop.Tests.Diagnostics;

public sealed class ErrorsTests
{
    [Fact]
    public void Codes_AreUniqueAndStartWithTheirStatus()
    {
        Errors.All.Select(e => e.Code).ShouldBeUnique();
        foreach (var error in Errors.All)
        {
            error.Code.ShouldMatch("^BH-[0-9]{4}$");
            error.Code[3..6].ShouldBe($"{error.Status}");
        }
    }

    [Fact]
    public void Documentation_IsWhatTheCatalogueSays()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Bellhop.slnx")))
            root = Path.GetDirectoryName(root)!;
        var file = Path.Combine(root, "docs", "errors.md");
        if (Environment.GetEnvironmentVariable("BELLHOP_WRITE_DOCS") == "1")
            File.WriteAllText(file, Errors.ToMarkdown());
        File.ReadAllText(file).ShouldBe(Errors.ToMarkdown(), "Run the tests with BELLHOP_WRITE_DOCS=1 to write it.");
    }
}
