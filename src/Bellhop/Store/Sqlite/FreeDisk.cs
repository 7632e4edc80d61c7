namespace Bellhop.Store.Sqlite;

/// <summary>How much room the disk has, asked at most once a second: what one second writes is far below the reserve.</summary>
internal sealed class FreeDisk(Func<long> ask, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long? _askedAt;
    private long _bytes;

    /// <summary>Asks the disk that holds the file.</summary>
    public static Func<long> Of(string path)
    {
        var drive = new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return () => drive.AvailableFreeSpace;
    }

    /// <summary>Free bytes for us.</summary>
    public long Bytes()
    {
        lock (_lock)
        {
            if (_askedAt is { } at && time.GetElapsedTime(at) < Fresh)
                return _bytes;
            _askedAt = time.GetTimestamp();
            return _bytes = ask();
        }
    }
}
