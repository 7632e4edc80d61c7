using System.CommandLine;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>sessions</c>: who is there and what waits for them.</summary>
internal static class SessionsCommand
{
    public static Command Create(CommandContext context)
    {
        var json = JsonOption.Create();
        var command = new Command("sessions", "Who is there, and what waits for whom.")
        {
            json,
            HandoverCommand.Create(context),
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var answer = await client.GetAsync("/v1/sessions", cancel);
                if (parsed.GetValue(json))
                {
                    foreach (var item in answer.Items("sessions"))
                        await context.Out.WriteLineAsync(item);
                }
                else
                {
                    Show(context, answer.Read(BellhopJson.Default.SessionsDto).Sessions);
                }
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Show(CommandContext context, IReadOnlyList<SessionStatus> sessions)
    {
        var now = context.Time.GetUtcNow();
        var table = new Table("SESSION", "ROLE", "HELD BY", "STATE", "MODEL", "WAITING", "IN TURN", "LEASE");
        foreach (var s in sessions)
        {
            table.Add(
                Printable.Line(s.Session),
                SessionRole.Of(s),
                SessionHolderView.Who(s),
                Printable.Line(s.Holder?.State ?? s.Lane?.Phase ?? "-"),
                Printable.Line(s.Holder?.Model ?? "-"),
                $"{s.Queued + s.Accepted:N0}",
                $"{s.InTurn:N0}",
                SessionHolderView.Lease(s, now)
            );
        }
        table.Write(context.Out, context.Paint, context.Width);
    }
}
