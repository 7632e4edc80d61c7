using System.CommandLine;
using Bellhop.Cli.Hosting;

namespace Bellhop.Cli.Commands;

/// <summary><c>up</c>: runs the gateway in the foreground.</summary>
internal static class UpCommand
{
    public static Command Create(CommandContext context, Option<bool> verbose)
    {
        var command = new Command("up", "Runs the gateway until it is told to stop. Needs no answers and no set-up.");
        command.SetAction((parsed, cancel) => GatewayRun.RunAsync(context, parsed.GetValue(verbose), cancel));
        return command;
    }
}
