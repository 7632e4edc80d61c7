using System.CommandLine;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>permissions</c>: what agents ask leave for, and a person's answers.</summary>
internal static class PermissionsCommand
{
    public static Command Create(CommandContext context)
    {
        var json = JsonOption.Create();
        var command = new Command("permissions", "What agents ask leave for and wait to be told.")
        {
            json,
            Show(context),
            PermissionAnswerCommand.Allow(context),
            PermissionAnswerCommand.Deny(context),
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var answer = await ReadAsync(context, cancel);
                if (parsed.GetValue(json))
                {
                    foreach (var item in answer.Items("permissions"))
                        await context.Out.WriteLineAsync(item);
                }
                else
                {
                    List(context, answer.Read(BellhopJson.Default.PermissionsDto).Permissions);
                }
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var (id, json) = (PermissionAnswerCommand.Id(), JsonOption.Create());
        var command = new Command("show", "A request with all that the agent tells of it.") { id, json };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var (answer, wanted) = (await ReadAsync(context, cancel), parsed.GetRequiredValue(id));
                var requests = answer.Read(BellhopJson.Default.PermissionsDto).Permissions;
                var (place, request) = requests.Index().FirstOrDefault(p => p.Item.Id == wanted);
                if (request is null)
                    throw new CommandException($"No request {Printable.Line(wanted)} waits.", ExitCode.Failed);
                if (parsed.GetValue(json))
                    await context.Out.WriteLineAsync(answer.Items("permissions").ElementAt(place));
                else
                    new PermissionView(context.Paint, context.Time.GetUtcNow(), context.Width).Write(
                        context.Out,
                        request
                    );
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static async Task<Answer> ReadAsync(CommandContext context, CancellationToken cancel)
    {
        using var client = new GatewayClient(context.Home);
        return await client.GetAsync("/v1/permissions", cancel);
    }

    private static void List(CommandContext context, IReadOnlyList<PermissionDto> requests)
    {
        if (requests.Count == 0)
        {
            context.Out.WriteLine("Nothing waits for a person.");
            return;
        }
        var now = context.Time.GetUtcNow();
        var table = new Table("ID", "ASKED", "EXPIRES", "SESSION", "TOOL", "WHAT");
        foreach (var request in requests)
        {
            table.Add(
                Printable.Line(request.Id),
                RelativeTime.Ago(request.AskedAt, now),
                RelativeTime.Until(request.ExpiresAt, now),
                Printable.Line(request.Session),
                Printable.Line(request.Kind ?? "-"),
                Printable.Line(request.Title)
            );
        }
        table.Write(context.Out, context.Paint, context.Width);
        context.Out.WriteLine();
        Paragraph.Write(
            context.Out,
            "Answer with 'bellhop permissions allow ID' or 'deny ID'; 'show ID' tells all of it.",
            0,
            context.Width
        );
    }
}
