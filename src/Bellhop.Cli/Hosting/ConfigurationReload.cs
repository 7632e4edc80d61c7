using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;
using Bellhop.Diagnostics.Views;
using Microsoft.Extensions.Logging;

namespace Bellhop.Cli.Hosting;

/// <summary>Takes a changed configuration over, and says what came of it where people look.</summary>
internal sealed partial class ConfigurationReload(LiveOptions live, Alarms alarms, ILogger<ConfigurationReload> logger)
    : IConfigurationReload
{
    private const string AlarmName = "config";

    public ReloadResult Reload()
    {
        try
        {
            var change = live.Reload();
            alarms.Clear(AlarmName);
            if (change.Changed.Count > 0)
                Log.Changed(logger, string.Join(", ", change.Changed));
            if (change.AtNextStart.Count > 0)
                Log.Waits(logger, string.Join(", ", change.AtNextStart));
            return new ReloadResult(new ReloadDto(change.Changed, change.AtNextStart), null);
        }
        catch (ConfigurationException e)
        {
            var message =
                $"{e.Message}\nThe running configuration stays. Mend the file; it is read again when it is saved.";
            alarms.Restate(AlarmName, message);
            return new ReloadResult(
                null,
                new FaultDto(Errors.BadConfiguration.Code, message) { Faults = [.. e.Faults.Select(f => f.View)] }
            );
        }
    }

    private static partial class Log
    {
        [LoggerMessage(610, LogLevel.Information, "The configuration changed: {Settings}")]
        public static partial void Changed(ILogger logger, string settings);

        [LoggerMessage(611, LogLevel.Information, "These settings take effect at the next start: {Settings}")]
        public static partial void Waits(ILogger logger, string settings);
    }
}
