namespace Bellhop.Store.Sqlite;

/// <summary>Keys and strings; lists and sets are in files of their own.</summary>
internal sealed partial class KeyspaceTransaction(WriteBatch batch) : IKeyspaceTransaction
{
    // Keys that nobody touches any more go with those that get an expiry after them.
    private const int SweptAtOnce = 16;

    private readonly Connection _db = batch.Db;
    private readonly DateTimeOffset _now = batch.Now;

    public KeyKind? Kind(string key) => Find(key)?.Kind;

    public bool Delete(string key)
    {
        if (Find(key) is not { } found)
            return false;
        Remove(found.Number);
        return true;
    }

    public DateTimeOffset? ExpiresAt(string key) => Find(key)?.ExpiresAt;

    public bool Expire(string key, DateTimeOffset? at)
    {
        if (Find(key) is not { } found)
            return false;
        using (var update = _db.Sql("UPDATE keys SET expires_at = ? WHERE number = ?"))
            update.Bind(at).Bind(found.Number).Run();
        Sweep();
        return true;
    }

    public byte[]? GetString(string key)
    {
        if (Find(key, KeyKind.String) is not { } found)
            return null;
        using var rows = _db.Sql("SELECT value FROM keys WHERE number = ?");
        return rows.Bind(found.Number).Read() ? rows.Bytes(0) : null;
    }

    public void SetString(string key, ReadOnlySpan<byte> value)
    {
        Delete(key);
        using var insert = _db.Sql("INSERT INTO keys (name, kind, value) VALUES (?, ?, ?)");
        insert.Bind(key).Bind((long)KeyKind.String).Bind(value).Run();
    }

    /// <summary>The key, unless it has expired.</summary>
    private Key? Find(string name)
    {
        Key found;
        using (var rows = _db.Sql("SELECT number, kind, expires_at, length FROM keys WHERE name = ?"))
        {
            if (!rows.Bind(name).Read())
                return null;
            found = new Key(rows.Int64(0), (KeyKind)rows.Int64(1), rows.MaybeTime(2), rows.Int64(3));
        }
        if (!(found.ExpiresAt <= _now))
            return found;
        Remove(found.Number);
        return null;
    }

    private Key? Find(string name, KeyKind kind)
    {
        var found = Find(name);
        return found is null || found.Kind == kind ? found : throw new WrongKindException();
    }

    private Key FindOrAdd(string name, KeyKind kind)
    {
        if (Find(name, kind) is { } found)
            return found;
        using var insert = _db.Sql("INSERT INTO keys (name, kind) VALUES (?, ?)");
        insert.Bind(name).Bind((long)kind).Run();
        return new Key(_db.LastRowId, kind, null, 0);
    }

    /// <summary>Lists and sets count their elements; an empty one is gone.</summary>
    private long Resize(Key key, long by)
    {
        var length = key.Length + by;
        if (length == 0)
        {
            Remove(key.Number);
            return 0;
        }
        using var update = _db.Sql("UPDATE keys SET length = ? WHERE number = ?");
        update.Bind(length).Bind(key.Number).Run();
        return length;
    }

    private void Remove(long number)
    {
        Run("DELETE FROM list_items WHERE key = ?", number);
        Run("DELETE FROM set_members WHERE key = ?", number);
        Run("DELETE FROM keys WHERE number = ?", number);
    }

    private void Sweep()
    {
        var expired = new List<long>();
        using (var rows = _db.Sql("SELECT number FROM keys WHERE expires_at <= ? LIMIT ?"))
        {
            rows.Bind(_now).Bind(SweptAtOnce);
            while (rows.Read())
                expired.Add(rows.Int64(0));
        }
        expired.ForEach(Remove);
    }

    private void Run(string sql, long number)
    {
        using var statement = _db.Sql(sql);
        statement.Bind(number).Run();
    }

    private sealed record Key(long Number, KeyKind Kind, DateTimeOffset? ExpiresAt, long Length);
}
