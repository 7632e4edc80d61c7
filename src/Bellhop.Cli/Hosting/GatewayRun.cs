using Bellhop.Cli.Commands;
using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;
using Microsoft.Extensions.Logging;

namespace Bellhop.Cli.Hosting;

/// <summary>One run of the gateway, from an empty home to an orderly end.</summary>
internal static class GatewayRun
{
    /// <summary>Returns when told to stop, or when a part broke that the gateway cannot do without.</summary>
    public static async Task<int> RunAsync(CommandContext context, bool verbose, CancellationToken cancel)
    {
        var begun = context.Time.GetTimestamp();
        var home = context.Home;
        home.Create();
        using var instance = InstanceLock.Take(home);
        var isFirst = await FirstRun.WriteConfigurationAsync(home, context.Environment, context.Time, cancel);
        var options = BellhopOptions.From(Configuration.Load(home, context.Environment), home);
        using var signals = new StopSignals(cancel);
        using var log = new LogFile(options.Logs);
        using var output = new LogOutput(
            log,
            verbose ? LogLevel.Debug : options.Logs.Level,
            context.Error,
            verbose ? LogLevel.Debug : LogLevel.Warning,
            context.Time
        );
        try
        {
            await using var gateway = await Gateway.OpenAsync(home, options, output, context.Time, signals.Stop);
            await gateway.StartAsync(signals.Stop);
            var took = context.Time.GetElapsedTime(begun);
            new Banner(context.Paint, context.Program).Write(
                context.Out,
                gateway.Facts,
                gateway.AgentKind,
                home,
                isFirst,
                took
            );
            return await gateway.RunAsync(signals.Stop) ? ExitCode.Done : ExitCode.Failed;
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            return ExitCode.Done; // told to stop while starting
        }
    }
}
