using System.Threading.Channels;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Bellhop.Cli.Hosting;

/// <summary>Reads the configuration again when its file changes or somebody asks for it.</summary>
internal sealed class ConfigurationWatch(Home home, IConfigurationReload reload, Alarms alarms, TimeProvider time)
    : BackgroundService
{
    private const string AlarmName = "config.watch";

    /// <summary>Editors write a file in several steps; half of it would be a fault that is none.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(300);

    // One waiting signal says "look"; a second one says no more.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private FileSystemWatcher? _watcher;

    /// <summary>Reads it again soon.</summary>
    public void Look() => _signals.Writer.TryWrite(true);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _watcher = Watch();
        reload.Reload(); // what changed since the start read it
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _watcher?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _signals.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(Settle, time, stoppingToken);
            _signals.Reader.TryRead(out _);
            reload.Reload();
        }
    }

    private FileSystemWatcher? Watch()
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(home.Folder, Path.GetFileName(home.Config));
            watcher.Changed += (_, _) => Look();
            watcher.Created += (_, _) => Look();
            watcher.Deleted += (_, _) => Look();
            watcher.Renamed += (_, _) => Look();
            watcher.Error += (_, _) => Look();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException e)
        {
            watcher?.Dispose();
            alarms.Raise(
                AlarmName,
                $"{home.Config} cannot be watched: {e.Message} Run 'bellhop config reload' after a change."
            );
            return null;
        }
    }
}
