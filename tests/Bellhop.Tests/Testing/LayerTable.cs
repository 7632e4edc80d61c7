using System.Text.RegularExpressions;

namespace Bellhop.Tests.Testing;

/// <summary>One row of the table in ARCHITECTURE.md.</summary>
/// <param name="Floor">Higher knows lower.</param>
/// <param name="Name">A namespace; its sub-namespaces belong to it.</param>
/// <param name="Knows">The rooms it may name; null = all below.</param>
internal sealed record Room(int Floor, string Name, IReadOnlyList<string>? Knows);

/// <summary>Who may know whom, as ARCHITECTURE.md says, and what a source file really names.</summary>
internal sealed partial class LayerTable
{
    private readonly Dictionary<string, HashSet<string>> _types;

    private LayerTable(IReadOnlyList<Room> rooms)
    {
        Rooms = rooms;
        _types = rooms.ToDictionary(r => r.Name, _ => new HashSet<string>(StringComparer.Ordinal));
    }

    public IReadOnlyList<Room> Rooms { get; }

    public static LayerTable Parse(string markdown)
    {
        var start = markdown.IndexOf("<!-- layers:", StringComparison.Ordinal);
        if (start < 0)
            throw new FormatException("ARCHITECTURE.md holds no table after '<!-- layers: … -->'.");
        return new LayerTable([
            .. markdown[start..]
                .Split('\n')
                .Skip(1)
                .TakeWhile(line => line.StartsWith('|'))
                .Skip(2)
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
                .Select(cells => new Room(
                    int.Parse(cells[1]),
                    cells[2].Trim('`'),
                    cells[3].StartsWith("everything", StringComparison.Ordinal)
                        ? null
                        : [.. Quoted().Matches(cells[3]).Select(m => m.Groups[1].Value)]
                )),
        ]);
    }

    /// <summary>The room a namespace belongs to; null for the root namespace and for what is not ours.</summary>
    public Room? RoomOf(string name) =>
        Rooms
            .Where(r => name == r.Name || name.StartsWith(r.Name + ".", StringComparison.Ordinal))
            .MaxBy(r => r.Name.Length);

    /// <summary>Learns which types a file declares, so that a partly qualified name can be told from a property.</summary>
    public void Learn(string code)
    {
        if (RoomOf(NamespaceOf(code)) is not { } room)
            return;
        foreach (Match declared in Declaration().Matches(code))
            _types[room.Name].Add(declared.Groups[1].Value);
    }

    /// <summary>Every breach in one file: what it names and may not.</summary>
    public IEnumerable<string> Breaches(string code)
    {
        if (RoomOf(NamespaceOf(code)) is not { } own)
            yield break;
        foreach (var other in Named(code).Distinct().Where(o => o != own && !MayKnow(own, o)))
            yield return $"{own.Name} names {other.Name}";
    }

    public static string NamespaceOf(string code) => Namespace().Match(code).Groups[1].Value;

    private static bool MayKnow(Room own, Room other) =>
        own.Knows is null ? other.Floor < own.Floor : own.Knows.Contains(other.Name);

    private IEnumerable<Room> Named(string code)
    {
        foreach (Match full in FullName().Matches(Namespace().Replace(code, "")))
        {
            if (RoomOf(full.Value) is { } room)
                yield return room;
        }
        // From inside namespace Bellhop.X, "Store.Receipt" means Bellhop.Store.Receipt.
        foreach (Match part in PartName().Matches(code))
        {
            if (
                RoomOf("Bellhop." + part.Groups[1].Value) is { } room
                && _types[room.Name].Contains(part.Groups[2].Value)
            )
                yield return room;
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+\S+)\s+(\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![\w.])Bellhop(?:\.\w+)+")]
    private static partial Regex FullName();

    [GeneratedRegex(@"(?<![\w.])([A-Z]\w*)(?:\.\w+)*?\.(\w+)")]
    private static partial Regex PartName();
}
