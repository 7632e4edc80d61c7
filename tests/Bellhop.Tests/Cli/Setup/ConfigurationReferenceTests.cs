using System.Runtime.CompilerServices;
using Bellhop.Cli.Setup;

namespace Bellhop.Tests.Cli.Setup;

public class ConfigurationReferenceTests
{
    [Fact]
    public void Write_CommittedPage_IsTheSame()
    {
        var page = Path.Combine(Root(), "docs", "configuration.md");

        ConfigurationReference
            .Write()
            .ShouldBe(File.ReadAllText(page), "write it anew: ./bellhop config reference > docs/configuration.md");
    }

    [Fact]
    public void Program_Length_StaysSmall()
    {
        File.ReadLines(Path.Combine(Root(), "src", "Bellhop.Cli", "Program.cs")).Count().ShouldBeLessThanOrEqualTo(40);
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", ".."));
}
