using System.CommandLine;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>trace ID</c>: the whole story of one event.</summary>
internal static class TraceCommand
{
    public static Command Create(CommandContext context)
    {
        var id = new Argument<string>("id") { Description = "The event's key, or its producer's id: then the newest." };
        var json = JsonOption.Create();
        var command = new Command("trace", "What became of an event: every step, and the answer.") { id, json };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var answer = await client.GetAsync(Paths.Event(parsed.GetRequiredValue(id)), cancel);
                if (parsed.GetValue(json))
                    await context.Out.WriteLineAsync(answer.Text);
                else
                    new ReceiptView(context.Paint, context.Time.GetUtcNow()).Write(
                        context.Out,
                        answer.Read(BellhopJson.Default.ReceiptDto)
                    );
                return ExitCode.Done;
            }
        );
        return command;
    }
}
