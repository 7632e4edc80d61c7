using System.Threading.Channels;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Cli.Hosting;

/// <summary>
/// Takes in what was pushed while no gateway ran, or while Redis was away. A file is deleted after its event is in the
/// store; a crash in between is found out by the event's key, which is the file's name.
/// </summary>
internal sealed partial class SpoolIntake(
    Home home,
    IEventStore store,
    Router router,
    EventReader reader,
    GatewayMetrics metrics,
    Alarms alarms,
    TimeProvider time,
    ILogger<SpoolIntake> logger,
    AwaySpool? away = null
) : BackgroundService
{
    private const string AlarmName = "spool";
    private const string Door = "spool";

    /// <summary>After a refusal; a full store empties no faster than its agent works.</summary>
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    private static readonly EventDefaults Defaults = new() { Source = "cli" };

    // A door of its own: the common one would lead back into the spool.
    private readonly Inbox _inbox = new(store, router);

    // One waiting signal says "look"; a second one says no more.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watcher = new FileSystemWatcher(home.Spool);
        watcher.Filters.Add("*" + Spool.Extension);
        watcher.Filters.Add("*" + Spool.AwayExtension);
        watcher.Created += (_, _) => Look();
        watcher.Renamed += (_, _) => Look();
        // The system lost count of changes: only a look tells what is there.
        watcher.Error += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        while (await _signals.Reader.WaitToReadAsync(stoppingToken))
        {
            _signals.Reader.TryRead(out _);
            if (await TakeAllAsync(stoppingToken))
            {
                alarms.Clear(AlarmName);
                continue;
            }
            await Task.Delay(TryAgain, time, stoppingToken);
            Look();
        }
    }

    /// <summary>Takes what is there, oldest first. False when something had to stay.</summary>
    internal async Task<bool> TakeAllAsync(CancellationToken cancel)
    {
        foreach (var path in Spool.Files(home))
        {
            try
            {
                if (!await TakeAsync(path, cancel))
                    return false; // what comes after it must not overtake it
            }
            catch (StoreException e) when (e.IsAway)
            {
                return false; // whoever keeps the connection says so
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                alarms.Raise(AlarmName, $"{path} cannot be taken in: {e.Message} Let this user read and delete it.");
                return false;
            }
        }
        return true;
    }

    private async Task<bool> TakeAsync(string path, CancellationToken cancel)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var isAway = Path.GetExtension(path) == Spool.AwayExtension;
        if (!Ulid.TryParse(name, out var key) || await store.FindAsync(name, cancel) is null)
        {
            var result = await (isAway ? KeptAsync(path, cancel) : PushedAsync(path, key, cancel));
            if (result is null)
                return SetAside(path);
            metrics.Took(Door, result);
            if (result.Fault is { } fault)
            {
                alarms.Raise(AlarmName, $"{home.Spool} waits: {fault.Message}");
                return false;
            }
            Log.Took(logger, result.Events[0].Id);
        }
        File.Delete(path);
        if (isAway)
            away?.Took();
        return true;
    }

    /// <summary>What the command line wrote: the producer's bytes. Null where they are more than an event can have.</summary>
    private async Task<IntakeResult?> PushedAsync(string path, Ulid key, CancellationToken cancel)
    {
        if (new FileInfo(path).Length > EventLimits.MaxBytes)
            return null;
        var body = await File.ReadAllBytesAsync(path, cancel);
        var defaults = key == default ? Defaults : Defaults with { Key = key };
        return await new Intake(reader, _inbox).TakeAsync(body, defaults, null, quarantine: true, cancel);
    }

    /// <summary>What the gateway kept while the store was away. Null where it is not what it wrote.</summary>
    private async Task<IntakeResult?> KeptAsync(string path, CancellationToken cancel)
    {
        try
        {
            var kept = SpooledEventFile.Read(await File.ReadAllBytesAsync(path, cancel));
            return Intake.Result(await _inbox.AcceptAsync([(kept.Event, kept.Quarantine)], kept.List, cancel), []);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>No store takes it and nothing is discarded: it stays under a name that is not looked at again.</summary>
    private bool SetAside(string path)
    {
        File.Move(path, path + ".refused", overwrite: true);
        if (Path.GetExtension(path) == Spool.AwayExtension)
            away?.Took();
        alarms.Raise(
            $"{AlarmName}:{Path.GetFileName(path)}",
            $"{path} is larger than an event can be, or damaged; it was renamed to .refused."
        );
        return true;
    }

    private void Look() => _signals.Writer.TryWrite(true);

    private static partial class Log
    {
        [LoggerMessage(600, LogLevel.Information, "Took event {Id} from the spool")]
        public static partial void Took(ILogger logger, string id);
    }
}
