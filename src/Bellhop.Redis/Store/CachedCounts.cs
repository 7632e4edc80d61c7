using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>
/// The counts that Redis keeps, as far as we have heard. Answers overtake one another on their way to their callers, so
/// every number knows the version it is of, and an older one never replaces a newer.
/// </summary>
internal sealed class CachedCounts
{
    private const string UnfinishedField = "unfinished";
    private const string DeadField = "dead";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Version, long Count)> _fields = new(StringComparer.Ordinal);

    /// <summary>Takes what one change of the store came to.</summary>
    public void Apply(long version, long unfinished, long dead, IEnumerable<(string Field, long Count)> sessions)
    {
        lock (_lock)
        {
            Set(UnfinishedField, version, unfinished);
            Set(DeadField, version, dead);
            foreach (var (field, count) in sessions)
                Set(field, version, count);
        }
    }

    /// <summary>Takes all of them; what is not among them is zero.</summary>
    public void Replace(long version, long unfinished, long dead, IReadOnlyList<(string Field, long Count)> sessions)
    {
        lock (_lock)
        {
            foreach (var field in _fields.Where(f => f.Value.Version <= version).Select(f => f.Key).ToList())
                _fields.Remove(field);
            Apply(version, unfinished, dead, sessions);
        }
    }

    public void Clear()
    {
        lock (_lock)
            _fields.Clear();
    }

    public StoreCounts Snapshot()
    {
        lock (_lock)
        {
            var sessions = new Dictionary<string, SessionCounts>(StringComparer.Ordinal);
            foreach (var (field, (_, count)) in _fields)
            {
                if (count == 0 || field.Split(' ') is not [var what, var name])
                    continue;
                var counts = sessions.GetValueOrDefault(name) ?? new SessionCounts(SessionId.Parse(name), 0, 0, 0);
                sessions[name] = what switch
                {
                    "accepted" => counts with { Accepted = count },
                    "queued" => counts with { Queued = count },
                    _ => counts with { InTurn = count },
                };
            }
            return new StoreCounts(Get(UnfinishedField), Get(DeadField), [.. sessions.Values]);
        }
    }

    private long Get(string field) => _fields.GetValueOrDefault(field).Count;

    private void Set(string field, long version, long count)
    {
        if (_fields.GetValueOrDefault(field).Version <= version)
            _fields[field] = (version, count);
    }
}
