namespace Bellhop.Store.Sqlite;

// Elements stand at rising positions; heads count down below zero. Removal leaves gaps, which cost nothing.
internal sealed partial class KeyspaceTransaction
{
    public long Push(string key, bool head, ReadOnlySpan<byte> value)
    {
        var list = FindOrAdd(key, KeyKind.List);
        var position = End(list, head) is { } end ? end + (head ? -1 : 1) : 0;
        using (var insert = _db.Sql("INSERT INTO list_items (key, position, value) VALUES (?, ?, ?)"))
            insert.Bind(list.Number).Bind(position).Bind(value).Run();
        return Resize(list, 1);
    }

    public byte[]? Pop(string key, bool head)
    {
        if (Find(key, KeyKind.List) is not { } list || End(list, head) is not { } position)
            return null;
        byte[] value;
        using (var rows = _db.Sql("SELECT value FROM list_items WHERE key = ? AND position = ?"))
            value = rows.Bind(list.Number).Bind(position).Read() ? rows.Bytes(0) : [];
        RemoveItem(list, position);
        Resize(list, -1);
        return value;
    }

    public long Length(string key) => Find(key, KeyKind.List)?.Length ?? 0;

    public IReadOnlyList<byte[]> Range(string key, long start, long stop)
    {
        var values = new List<byte[]>();
        if (Find(key, KeyKind.List) is not { } list)
            return values;
        var (from, count) = Window(list, start, stop);
        using var rows = _db.Sql("SELECT value FROM list_items WHERE key = ? ORDER BY position LIMIT ? OFFSET ?");
        rows.Bind(list.Number).Bind(count).Bind(from);
        while (rows.Read())
            values.Add(rows.Bytes(0));
        return values;
    }

    public long RemoveFromList(string key, long count, ReadOnlySpan<byte> value)
    {
        if (Find(key, KeyKind.List) is not { } list)
            return 0;
        var found = new List<long>();
        var order = count < 0 ? "DESC" : "ASC";
        using (
            var rows = _db.Sql(
                $"SELECT position FROM list_items WHERE key = ? AND value = ? ORDER BY position {order} LIMIT ?"
            )
        )
        {
            rows.Bind(list.Number).Bind(value).Bind(count == 0 ? -1 : Math.Abs(count));
            while (rows.Read())
                found.Add(rows.Int64(0));
        }
        found.ForEach(position => RemoveItem(list, position));
        if (found.Count > 0)
            Resize(list, -found.Count);
        return found.Count;
    }

    public void Trim(string key, long start, long stop)
    {
        if (Find(key, KeyKind.List) is not { } list)
            return;
        var (from, count) = Window(list, start, stop);
        if (count == list.Length)
            return;
        using (
            var delete = _db.Sql(
                """
                DELETE FROM list_items WHERE key = ?1 AND position NOT IN (
                    SELECT position FROM list_items WHERE key = ?1 ORDER BY position LIMIT ?2 OFFSET ?3)
                """
            )
        )
            delete.Bind(list.Number).Bind(count).Bind(from).Run();
        Resize(list, count - list.Length);
    }

    private long? End(Key list, bool head)
    {
        using var rows = _db.Sql($"SELECT {(head ? "min" : "max")}(position) FROM list_items WHERE key = ?");
        return rows.Bind(list.Number).Read() ? rows.MaybeInt64(0) : null;
    }

    private void RemoveItem(Key list, long position)
    {
        using var delete = _db.Sql("DELETE FROM list_items WHERE key = ? AND position = ?");
        delete.Bind(list.Number).Bind(position).Run();
    }

    /// <summary>Redis' inclusive indices, negative ones from the end, as an offset and a count.</summary>
    private static (long From, long Count) Window(Key list, long start, long stop)
    {
        var from = Math.Max(0, start < 0 ? list.Length + start : start);
        var last = Math.Min(list.Length - 1, stop < 0 ? list.Length + stop : stop);
        return last < from ? (0, 0) : (from, last - from + 1);
    }
}
