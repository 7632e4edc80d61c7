using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Bellhop.Events;

/// <summary>Makes <see cref="Ulid"/>s that never sort before an earlier one of the same factory.</summary>
public sealed class UlidFactory(TimeProvider time)
{
    // Fetched in bulk: a library of cryptography that was not used for a while takes longer than the rest of reading an event.
    private readonly UInt128[] _random = new UInt128[64];
    private readonly Lock _lock = new();
    private int _used;
    private Ulid _last;

    /// <summary>A new identifier; the clock may stand still or step back without breaking the order.</summary>
    public Ulid Next()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var fresh = Ulid.Create(now, NextRandom());
            _last = fresh.Time > _last.Time ? fresh : new Ulid(_last.Value + 1);
            return _last;
        }
    }

    private UInt128 NextRandom()
    {
        if (_used == 0)
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_random.AsSpan()));
        var next = _random[_used];
        _used = (_used + 1) % _random.Length;
        return next;
    }
}
