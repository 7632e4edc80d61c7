using System.CommandLine;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>dead list</c>.</summary>
internal static class DeadListCommand
{
    public static Command Create(CommandContext context)
    {
        var json = JsonOption.Create();
        var command = new Command("list", "All dead letters that have not been dropped, newest first.") { json };
        command.SetAction(
            (parsed, cancel) => parsed.GetValue(json) ? PrintAsync(context, cancel) : ShowAsync(context, cancel)
        );
        return command;
    }

    private static async Task<int> PrintAsync(CommandContext context, CancellationToken cancel)
    {
        using var client = new GatewayClient(context.Home);
        await foreach (var page in DeadPages.ReadAsync(client, cancel))
        {
            foreach (var item in page.Items("events"))
                await context.Out.WriteLineAsync(item);
        }
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancel)
    {
        using var client = new GatewayClient(context.Home);
        var rows = new List<RowDto>();
        await foreach (var page in DeadPages.ReadAsync(client, cancel))
            rows.AddRange(page.Read(BellhopJson.Default.ListingDto).Events);
        if (rows.Count == 0)
        {
            await context.Out.WriteLineAsync("No dead letters.");
            return ExitCode.Done;
        }
        var (paint, now) = (context.Paint, context.Time.GetUtcNow());
        var table = new Table("WHEN", "KEY", "TYPE", "SOURCE", "SESSION", "TRIES", "WHY");
        foreach (var row in rows)
        {
            table.Add(
                (RelativeTime.Ago(row.UpdatedAt, now), paint.Faint),
                (row.Key, null),
                (Printable.Line(row.Type, EventsCommand.MaxName), null),
                (Printable.Line(row.Source, EventsCommand.MaxName), null),
                (Printable.Line(row.Session), null),
                ($"{row.Attempts}", null),
                (Printable.Sentence(row.Reason), paint.Bad)
            );
        }
        table.Write(context.Out, paint, context.Width);
        return ExitCode.Done;
    }
}
