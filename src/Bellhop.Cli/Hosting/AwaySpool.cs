using Bellhop.Cli.Setup;
using Bellhop.Store;

namespace Bellhop.Cli.Hosting;

/// <summary>Keeps events in the home's spool while Redis is away. Counts what waits, so that nothing overtakes it.</summary>
internal sealed class AwaySpool : IEventSpool
{
    private readonly Home _home;
    private readonly DurableFile _file = new(Disk.Real);
    private int _waiting;

    /// <summary>Counts what an earlier run left.</summary>
    public AwaySpool(Home home)
    {
        _home = home;
        _waiting = Directory.EnumerateFiles(home.Spool, "*" + Spool.AwayExtension).Count();
    }

    /// <summary>How many events wait here.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <inheritdoc />
    public bool HasBacklog => Waiting > 0;

    /// <inheritdoc />
    public void Keep(IReadOnlyList<SpooledEvent> events)
    {
        var written = new List<string>();
        Interlocked.Add(ref _waiting, events.Count);
        try
        {
            foreach (var e in events)
            {
                var path = Path.Combine(_home.Spool, e.Event.Key + Spool.AwayExtension);
                written.Add(path);
                _file.Write(path, SpooledEventFile.Write(e));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Interlocked.Add(ref _waiting, -events.Count);
            written.ForEach(File.Delete);
            throw new StoreException(
                $"Redis is away and {_home.Spool} cannot be written: {e.Message} Free disk space, or bring Redis back.",
                e
            )
            {
                IsDiskFull = true,
            };
        }
    }

    /// <summary>One of them is in the store now, and its file gone.</summary>
    public void Took() => Interlocked.Decrement(ref _waiting);
}
