namespace Bellhop.Store.Sqlite;

internal sealed partial class KeyspaceTransaction
{
    public bool Add(string key, ReadOnlySpan<byte> member)
    {
        var set = FindOrAdd(key, KeyKind.Set);
        using (var insert = _db.Sql("INSERT OR IGNORE INTO set_members (key, member) VALUES (?, ?)"))
        {
            if (insert.Bind(set.Number).Bind(member).Run() == 0)
                return false;
        }
        Resize(set, 1);
        return true;
    }

    public bool Remove(string key, ReadOnlySpan<byte> member)
    {
        if (Find(key, KeyKind.Set) is not { } set)
            return false;
        using (var delete = _db.Sql("DELETE FROM set_members WHERE key = ? AND member = ?"))
        {
            if (delete.Bind(set.Number).Bind(member).Run() == 0)
                return false;
        }
        Resize(set, -1);
        return true;
    }

    public bool Contains(string key, ReadOnlySpan<byte> member)
    {
        if (Find(key, KeyKind.Set) is not { } set)
            return false;
        using var rows = _db.Sql("SELECT 1 FROM set_members WHERE key = ? AND member = ?");
        return rows.Bind(set.Number).Bind(member).Read();
    }

    public IReadOnlyList<byte[]> Members(string key)
    {
        var members = new List<byte[]>();
        if (Find(key, KeyKind.Set) is not { } set)
            return members;
        using var rows = _db.Sql("SELECT member FROM set_members WHERE key = ?");
        rows.Bind(set.Number);
        while (rows.Read())
            members.Add(rows.Bytes(0));
        return members;
    }
}
