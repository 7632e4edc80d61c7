namespace Bellhop.Events;

/// <summary>Makes <see cref="Ulid"/>s that never sort before an earlier one of the same factory.</summary>
public sealed class UlidFactory(TimeProvider time)
{
    private readonly Lock _lock = new();
    private Ulid _last;

    /// <summary>A new identifier; the clock may stand still or step back without breaking the order.</summary>
    public Ulid Next()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var fresh = Ulid.Create(now, Ulid.RandomBits());
            _last = fresh.Time > _last.Time ? fresh : new Ulid(_last.Value + 1);
            return _last;
        }
    }
}
