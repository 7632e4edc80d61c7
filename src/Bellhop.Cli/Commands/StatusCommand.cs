using System.CommandLine;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>status</c>: is all well, and if not, what to do.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        var json = JsonOption.Create();
        var command = new Command("status", "The whole state at a glance: what is wrong comes first.") { json };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var answer = await client.GetAsync("/v1/status", cancel);
                if (parsed.GetValue(json))
                    await context.Out.WriteLineAsync(answer.Text);
                else
                    new StatusView(context.Paint, context.Time.GetUtcNow(), context.Width).Write(
                        context.Out,
                        answer.Read(BellhopJson.Default.GatewayStatus)
                    );
                return ExitCode.Done;
            }
        );
        return command;
    }
}
