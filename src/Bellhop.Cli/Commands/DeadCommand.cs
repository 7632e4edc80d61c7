using System.CommandLine;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>dead</c>: what was given up, and what to do with it.</summary>
internal static class DeadCommand
{
    public static Command Create(CommandContext context) =>
        new("dead", "Dead letters: what was given up, with the reason. Nothing of it is deleted by itself.")
        {
            DeadListCommand.Create(context),
            Show(context),
            DeadReplayCommand.Create(context),
            Drop(context),
        };

    private static Command Show(CommandContext context)
    {
        var id = Id();
        var json = JsonOption.Create();
        var command = new Command(
            "show",
            "A dead letter with its whole payload, or its bytes where they cannot be read."
        )
        {
            id,
            json,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var answer = await client.GetAsync(Paths.Event(parsed.GetRequiredValue(id)), cancel);
                if (parsed.GetValue(json))
                {
                    await context.Out.WriteLineAsync(answer.Text);
                    return ExitCode.Done;
                }
                var receipt = answer.Read(BellhopJson.Default.ReceiptDto);
                new ReceiptView(context.Paint, context.Time.GetUtcNow()).Write(context.Out, receipt, bodyFollows: true);
                await context.Out.WriteLineAsync();
                foreach (var line in BodyView.Lines(receipt.Event))
                    await context.Out.WriteLineAsync(line);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static Command Drop(CommandContext context)
    {
        var id = Id();
        var command = new Command("drop", "Takes a dead letter off the list. It stays dead on its receipt.") { id };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var answer = await client.PostAsync(Paths.Dismiss(parsed.GetRequiredValue(id)), default, cancel);
                var dismissed = answer.Read(BellhopJson.Default.DismissedDto);
                await context.Out.WriteLineAsync(
                    dismissed.Dismissed == 0 ? "Nothing to drop." : $"dropped {Printable.Line(dismissed.Id)}"
                );
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static Argument<string> Id() => new("id") { Description = "The event's key or id." };
}
