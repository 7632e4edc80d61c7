using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop;

/// <summary>
/// Work without which events would wait in silence. Where it ends in a failure, it logs <c>Critical</c> and stops the
/// application: better no gateway than half of one.
/// </summary>
/// <param name="name">What a person calls the work, for the log.</param>
/// <param name="application">What stops.</param>
/// <param name="logger">Told of the end, and for the work's own words.</param>
public abstract partial class VitalLoop(string name, IHostApplicationLifetime application, ILogger logger)
    : BackgroundService
{
    /// <summary>For the work's own words.</summary>
    protected ILogger Logger => logger;

    /// <inheritdoc />
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            Log.Broke(logger, e, name);
            application.StopApplication();
            throw;
        }
    }

    /// <summary>The work. Runs until cancelled.</summary>
    protected abstract Task RunAsync(CancellationToken cancel);

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Critical, "{Name} stopped on its own; the gateway stops")]
        public static partial void Broke(ILogger logger, Exception e, string name);
    }
}
