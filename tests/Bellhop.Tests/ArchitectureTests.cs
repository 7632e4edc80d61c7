using System.Text.RegularExpressions;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests;

/// <summary>Holds the repository to what ARCHITECTURE.md and CONTRIBUTING.md say. A breach is named with its file.</summary>
public sealed partial class ArchitectureTests
{
    private const int MaxLines = 400;

    private static IEnumerable<string> Sources => RepositoryFiles.With(".cs").Where(f => f.StartsWith("src/"));

    [Fact]
    public void Sources_ReferencesBetweenRooms_RunDownOnly()
    {
        var table = LayerTable.Parse(RepositoryFiles.Read("ARCHITECTURE.md"));
        var codes = Sources.ToDictionary(f => f, RepositoryFiles.ReadCode);
        foreach (var code in codes.Values)
            table.Learn(code);

        codes.SelectMany(c => table.Breaches(c.Value).Select(b => $"{c.Key}: {b}")).ShouldBeEmpty();
    }

    [Fact]
    public void Sources_Namespaces_AreTheirFoldersAndHaveARoom()
    {
        var table = LayerTable.Parse(RepositoryFiles.Read("ARCHITECTURE.md"));

        Sources
            .Select(f => (File: f, Name: LayerTable.NamespaceOf(RepositoryFiles.ReadCode(f))))
            .Where(f => f.Name.Length > 0)
            .Where(f =>
                f.Name != Path.GetDirectoryName(f.File)!["src/".Length..].Replace('/', '.')
                || (f.Name != "Bellhop" && table.RoomOf(f.Name) is null)
            )
            .Select(f => $"{f.File}: {f.Name}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void LayerTable_Rows_NameRoomsOfLowerFloorsOnly()
    {
        var rooms = LayerTable.Parse(RepositoryFiles.Read("ARCHITECTURE.md")).Rooms.ToDictionary(r => r.Name);

        // One pair shares a floor, in one direction: see the words below the table.
        rooms
            .Values.SelectMany(r => (r.Knows ?? []).Select(k => (Own: r, Other: rooms[k])))
            .Where(p => p.Other.Floor >= p.Own.Floor && p.Other.Name != "Bellhop.Diagnostics")
            .ShouldBeEmpty();
        rooms["Bellhop.Diagnostics"].Knows!.ShouldAllBe(k => rooms[k].Floor < rooms["Bellhop.Diagnostics"].Floor);
    }

    [Fact]
    public void Core_Usings_NameNoServerAndNoProtocol() =>
        Sources
            .Where(f => f.StartsWith("src/Bellhop/"))
            .Where(f => Regex.IsMatch(RepositoryFiles.ReadCode(f), @"Microsoft\.AspNetCore|System\.Net\.Sockets"))
            .ShouldBeEmpty();

    [Fact]
    public void Sources_Folders_AreAtMostOneDeeperThanTheirFeature() =>
        Sources.Where(f => f.Count(c => c == '/') > 4).ShouldBeEmpty();

    [Fact]
    public void Files_Length_StaysReadable() =>
        RepositoryFiles
            .With(".cs", ".ts", ".mjs", ".js", ".sh", ".css", ".html")
            .Select(f => (File: f, Lines: RepositoryFiles.Read(f).Count(c => c == '\n')))
            .Where(f => f.Lines > MaxLines)
            .ShouldBeEmpty();

    [Fact]
    public void Code_Clock_IsATimeProvider() =>
        RepositoryFiles.With(".cs").Where(f => WallClock().IsMatch(RepositoryFiles.ReadCode(f))).ShouldBeEmpty();

    [Fact]
    public void Code_Catch_IsNeverEmptyWithoutAReason() =>
        RepositoryFiles.With(".cs").Where(f => EmptyCatch().IsMatch(RepositoryFiles.Read(f))).ShouldBeEmpty();

    [Fact]
    public void Files_Words_NameNoMachineAndNoNotes() =>
        RepositoryFiles
            .All.Where(f => Path.GetExtension(f) is not (".png" or ".jsonl"))
            .Where(f => OfOneMachine().IsMatch(RepositoryFiles.Read(f)))
            .ShouldBeEmpty();

    [Fact]
    public void Docs_Links_LeadSomewhere() =>
        RepositoryFiles
            .With(".md")
            .SelectMany(f => MarkdownLinks.Of(RepositoryFiles.Read(f)).Select(link => (File: f, Link: link)))
            .Where(l => !MarkdownLinks.Resolves(l.File, l.Link))
            .Select(l => $"{l.File}: {l.Link}")
            .ShouldBeEmpty();

    [Fact]
    public void Decisions_Index_ListsEveryOne()
    {
        var index = MarkdownLinks.Of(RepositoryFiles.Read("docs/decisions/README.md")).ToHashSet();

        RepositoryFiles
            .All.Where(f => f.StartsWith("docs/decisions/") && Path.GetFileName(f) != "README.md")
            .Where(f => !index.Contains(Path.GetFileName(f)))
            .ShouldBeEmpty();
    }

    [GeneratedRegex(@"\bDateTime(Offset)?\s*\.\s*(Utc)?(Now|Today)\b")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\bcatch\b\s*(\([^)]*\))?\s*(when\s*\(.*?\))?\s*\{\s*\}")]
    private static partial Regex EmptyCatch();

    // Absolute paths of a developer's home, and folders beside the repository.
    [GeneratedRegex(@"\.\./share[d]\b|(?<![\w.~)}-])/(root|work|Users/\w+)/|[Ss]eed document[s]")]
    private static partial Regex OfOneMachine();
}
