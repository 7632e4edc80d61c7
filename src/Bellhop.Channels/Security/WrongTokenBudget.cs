using System.Net;

namespace Bellhop.Channels.Security;

/// <summary>Counts requests without the right token, per address and minute. Loopback counts like any other.</summary>
internal sealed class WrongTokenBudget(TimeProvider time)
{
    /// <summary>A person mistypes twice; a program that guesses needs 2^255 tries.</summary>
    public const int PerMinute = 10;

    /// <summary>Parties remembered at once; beyond it new ones are refused until a minute has passed.</summary>
    private const int MaxParties = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (DateTimeOffset Since, int Count)> _parties = [];

    /// <summary>Spends one. False when there was none left.</summary>
    public bool Spend(IPAddress? address)
    {
        var (party, now) = (Addresses.Party(address), time.GetUtcNow());
        lock (_lock)
        {
            if (!_parties.TryGetValue(party, out var spent) || now - spent.Since >= Window)
            {
                if (_parties.Count >= MaxParties && !_parties.ContainsKey(party) && !Forget(now))
                    return false;
                spent = (now, 0);
            }
            // Not counted beyond the limit, or the sum could wrap.
            _parties[party] = spent with
            {
                Count = Math.Min(spent.Count + 1, PerMinute + 1),
            };
            return spent.Count < PerMinute;
        }
    }

    private bool Forget(DateTimeOffset now)
    {
        foreach (var (party, spent) in _parties)
        {
            if (now - spent.Since >= Window)
                _parties.Remove(party);
        }
        return _parties.Count < MaxParties;
    }
}
