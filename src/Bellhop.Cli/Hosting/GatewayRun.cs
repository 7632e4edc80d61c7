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
        InlineSockets.Enable();
        var begun = context.Time.GetTimestamp();
        var home = context.Home;
        home.Create();
        using var instance = InstanceLock.Take(home);
        var isFirst = await FirstRun.WriteConfigurationAsync(home, context.Environment, context.Time, cancel);
        var options = LiveOptions.Load(home, context.Environment);
        using var signals = new StopSignals(context.HasTerminal, cancel);
        using var log = new LogFile(() => options.Now.Logs);
        using var output = new LogOutput(
            log,
            () => verbose ? LogLevel.Debug : options.Now.Logs.Level,
            context.Error,
            verbose ? LogLevel.Debug : LogLevel.Warning,
            context.Time
        );
        try
        {
            await using var gateway = await Gateway.OpenAsync(home, options, output, context.Time, signals.Stop);
            signals.OnHangUp(gateway.Reload);
            await gateway.StartAsync(signals.Stop);
            var banner = new Banner(context.Paint, context.Program);
            banner.Begin(context.Out, gateway.Facts, home, isFirst, context.Time.GetElapsedTime(begun));
            banner.End(context.Out, gateway.Facts, await gateway.AgentAsync(context.Time, signals.Stop));
            return await gateway.RunAsync(signals.Stop) ? ExitCode.Done : ExitCode.Failed;
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            return ExitCode.Done; // told to stop while starting
        }
    }
}
