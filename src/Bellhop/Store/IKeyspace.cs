namespace Bellhop.Store;

/// <summary>
/// Durable Redis-like keys (strings, lists, sets, expiry) beside the events, in the same file and the same commits.
/// Everything that is not an event list lives here.
/// </summary>
public interface IKeyspace
{
    /// <summary>
    /// Runs commands as one atomic step: nothing of it is on disk unless it returned, and it is synced before this
    /// returns when it wrote anything. <paramref name="work"/> may run twice (the first time undone), so it must change
    /// nothing but through the transaction; what it throws undoes it and reaches the caller.
    /// </summary>
    Task<T> RunAsync<T>(Func<IKeyspaceTransaction, T> work, CancellationToken cancel);
}

/// <summary>What a step can do with keys. Every method throws <see cref="WrongKindException"/> where the key holds another kind.</summary>
public interface IKeyspaceTransaction
{
    /// <summary>The kind of a key, or null when it does not exist (or has expired).</summary>
    KeyKind? Kind(string key);

    /// <summary>Removes a key. False when there was none.</summary>
    bool Delete(string key);

    /// <summary>When the key expires; null = never or no such key.</summary>
    DateTimeOffset? ExpiresAt(string key);

    /// <summary>Sets or (null) clears the expiry. False when there is no such key.</summary>
    bool Expire(string key, DateTimeOffset? at);

    /// <summary>A string's bytes, or null.</summary>
    byte[]? GetString(string key);

    /// <summary>Replaces whatever the key held by a string; clears the expiry.</summary>
    void SetString(string key, ReadOnlySpan<byte> value);

    /// <summary>Appends to a list's head or tail. Returns the new length.</summary>
    long Push(string key, bool head, ReadOnlySpan<byte> value);

    /// <summary>Takes a list's first or last element; null when empty. An emptied list is gone.</summary>
    byte[]? Pop(string key, bool head);

    /// <summary>A list's length; 0 when there is none.</summary>
    long Length(string key);

    /// <summary>Elements by Redis' inclusive, possibly negative indices.</summary>
    IReadOnlyList<byte[]> Range(string key, long start, long stop);

    /// <summary>Removes elements equal to the value as LREM does: count &gt; 0 from the head, &lt; 0 from the tail, 0 = all.</summary>
    long RemoveFromList(string key, long count, ReadOnlySpan<byte> value);

    /// <summary>Keeps only the given range, as LTRIM does.</summary>
    void Trim(string key, long start, long stop);

    /// <summary>Adds to a set. False when it was there.</summary>
    bool Add(string key, ReadOnlySpan<byte> member);

    /// <summary>Removes from a set. False when it was not there.</summary>
    bool Remove(string key, ReadOnlySpan<byte> member);

    /// <summary>True when the set holds it.</summary>
    bool Contains(string key, ReadOnlySpan<byte> member);

    /// <summary>All members.</summary>
    IReadOnlyList<byte[]> Members(string key);
}

/// <summary>What a key holds.</summary>
public enum KeyKind : byte
{
    /// <summary>Bytes.</summary>
    String = 1,

    /// <summary>A list of bytes.</summary>
    List = 2,

    /// <summary>A set of bytes.</summary>
    Set = 3,
}

/// <summary>The key holds another kind: Redis' <c>WRONGTYPE</c>.</summary>
public sealed class WrongKindException() : BellhopException("The key holds another kind of value.");
