using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Bellhop.Cli.Hosting;

/// <summary>Reads the configuration again when its file changes or somebody asks for it.</summary>
internal sealed class ConfigurationWatch(Home home, IConfigurationReload reload, TimeProvider time) : BackgroundService
{
    /// <summary>
    /// A look costs microseconds. A watch of the system would be on the whole folder, where it wakes this process at
    /// every write of its own store, and it sees neither the other end of a link nor a folder on the network.
    /// </summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private FileStamp? _read;
    private FileStamp? _last;

    /// <summary>Reads it again.</summary>
    public void Read() => reload.Reload();

    /// <summary>Reads it again if it has changed and stands still since the last look: editors write it in several steps.</summary>
    public void Look()
    {
        var before = _last;
        _last = FileStamp.Of(home.Config);
        if (_last != before || _last == _read)
            return;
        _read = _last;
        Read();
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _read = _last = FileStamp.Of(home.Config);
        Read(); // what changed since the start read it
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(BetweenLooks, time);
        while (await looks.WaitForNextTickAsync(stoppingToken))
            Look();
    }

    /// <summary>Differs when the file does. Null = there is none, or none that can be read.</summary>
    private sealed record FileStamp(DateTime WrittenAt, long Length)
    {
        /// <summary>Of what a link points to, if it is one.</summary>
        public static FileStamp? Of(string path)
        {
            try
            {
                using var file = File.OpenHandle(path);
                return new FileStamp(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null; // reading it says why
            }
        }
    }
}
