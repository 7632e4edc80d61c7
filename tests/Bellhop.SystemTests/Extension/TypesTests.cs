using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>pi runs the extension without a look at its types; so somebody else has to look.</summary>
public sealed class TypesTests : IDisposable
{
    private static readonly string[] Strict =
    [
        .. new[] { "--noEmit", "--strict", "--noUnusedLocals", "--noUnusedParameters", "--skipLibCheck" },
        .. new[] { "--target", "es2023", "--module", "nodenext", "--allowImportingTsExtensions" },
        .. new[] { "--types", "node" },
    ];

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(New, "npm/pi/package")]
    [InlineData(Old, "npm/pi-0.73/node_modules/@mariozechner/pi-coding-agent")]
    public async Task Extension_AgainstWhatPiDeclares_HasNoFault(string generation, string package)
    {
        var files = LayOut(package);

        var run = await CheckAsync(files);

        run.ExitCode.ShouldBe(0, $"{generation}: {run.All}");
    }

    [Fact]
    public async Task Check_OfAFault_FindsIt()
    {
        LayOut("npm/pi/package");
        var wrong = _folder.Write(
            "wrong.ts",
            "import { Hand } from \"./hand.ts\";\nexport const text: string = Hand;\n"
        );

        var run = await CheckAsync([wrong]);

        run.ExitCode.ShouldNotBe(0);
        run.All.ShouldContain("wrong.ts(2,14)");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The extension beside what it imports; its files.</summary>
    private List<string> LayOut(string package)
    {
        Link("node_modules/@types/node", "npm/typescript/node_modules/@types/node");
        Link("node_modules/undici-types", "npm/typescript/node_modules/undici-types");
        Link("node_modules/@earendil-works/pi-coding-agent", package);
        _folder.Write("package.json", """{"type":"module"}""");
        var sources = Directory.GetFiles(Repository.File("extensions/pi"), "*.ts");
        return [.. sources.Select(file => _folder.Write(Path.GetFileName(file), File.ReadAllText(file)))];
    }

    private void Link(string name, string part) =>
        Directory.CreateSymbolicLink(_folder.Inside(name.Split('/')), Repository.Part(part));

    private Task<CliResult> CheckAsync(IEnumerable<string> files)
    {
        var compiler = Repository.Part("npm/typescript/node_modules/typescript/bin/tsc");
        var types = Path.Combine(_folder.Path, "node_modules", "@types");
        string[] line = [compiler, .. Strict, "--typeRoots", types, .. files];
        return Cli.RunAsync(Repository.Tool("node"), line, new Dictionary<string, string?>());
    }
}
