using Bellhop.Redis.Listener;

namespace Bellhop.Redis.EventLists;

/// <summary>The rows leased to one connection, by the list that shows them, and what it last saw of each event list.</summary>
internal sealed class ClientLeases
{
    private readonly Dictionary<string, List<LeasedRow>> _byList = [];
    private int _rows;
    private long _bytes;

    /// <summary>Deliveries of each event list in the order LRANGE last showed it: what LTRIM's indices mean.</summary>
    public Dictionary<string, IReadOnlyList<long>> Views { get; } = [];

    public IEnumerable<LeasedRow> All => _byList.Values.SelectMany(rows => rows);

    public bool IsFull => _rows >= ListenerLimits.MaxLeasedRows || _bytes >= ListenerLimits.MaxLeasedBytes;

    public IReadOnlyList<LeasedRow> Of(string list) => _byList.TryGetValue(list, out var rows) ? [.. rows] : [];

    public void Add(LeasedRow row, bool head)
    {
        if (!_byList.TryGetValue(row.List, out var rows))
            _byList[row.List] = rows = [];
        rows.Insert(head ? 0 : rows.Count, row);
        _rows++;
        _bytes += row.Body.Length;
    }

    public void Replace(LeasedRow row, LeasedRow by)
    {
        var rows = _byList[row.List];
        rows[rows.IndexOf(row)] = by;
    }

    public void Remove(LeasedRow row)
    {
        var rows = _byList[row.List];
        rows.Remove(row);
        if (rows.Count == 0)
            _byList.Remove(row.List);
        _rows--;
        _bytes -= row.Body.Length;
    }
}
