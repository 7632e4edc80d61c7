using System.Text.RegularExpressions;

namespace Bellhop.Tests.Testing;

/// <summary>The repository's own files, for the tests that hold it to its rules.</summary>
internal static partial class RepositoryFiles
{
    private static readonly string[] NotOurs = [".git", "artifacts", "node_modules", "bin", "obj", ".vs", ".idea"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with <c>/</c>, of every file that is kept under version control.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Walk(new DirectoryInfo(Root))
            .Select(f => Path.GetRelativePath(Root, f.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    public static IEnumerable<string> With(params string[] extensions) =>
        All.Where(f => extensions.Contains(Path.GetExtension(f)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>C# without comments and without what stands in quotes, so that words in prose count for nothing.</summary>
    public static string ReadCode(string path) => Code(Read(path));

    public static string Code(string source) => Prose().Replace(source, m => m.Value.StartsWith('/') ? " " : "\"\"");

    /// <summary>Block comment, line comment, raw string, verbatim string, string, character: whichever starts first.</summary>
    [GeneratedRegex(
        """/\*.*?\*/|//[^\n]*|(?<q>"{3,}).*?\k<q>|[$]?@[$]?"(?:[^"]|"")*"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.[^'\n]*)'""",
        RegexOptions.Singleline
    )]
    private static partial Regex Prose();

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        folder
            .EnumerateFiles()
            .Where(f => f.Name != ".git")
            .Concat(folder.EnumerateDirectories().Where(d => !NotOurs.Contains(d.Name)).SelectMany(Walk));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Bellhop.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
