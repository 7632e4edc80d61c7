using System.Text;

namespace Bellhop.Redis.Commands;

/// <summary>All commands by name, upper or lower case.</summary>
internal sealed class CommandTable
{
    /// <summary>Longer names are not even looked up.</summary>
    private const int LongestName = 32;

    private readonly Dictionary<string, CommandSpec> _byName;
    private readonly Dictionary<string, CommandSpec>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public CommandTable(IEnumerable<ICommandFamily> families)
    {
        _byName = families.SelectMany(f => f.Table).ToDictionary(s => s.Name, StringComparer.OrdinalIgnoreCase);
        _lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IEnumerable<CommandSpec> All => _byName.Values.OrderBy(s => s.Name, StringComparer.Ordinal);

    public int Count => _byName.Count;

    public CommandSpec? Find(byte[] name)
    {
        if (name.Length > LongestName)
            return null;
        Span<char> text = stackalloc char[name.Length];
        Encoding.Latin1.GetChars(name, text);
        return _lookup.TryGetValue(text, out var spec) ? spec : null;
    }
}
