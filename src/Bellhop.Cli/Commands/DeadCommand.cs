using System.CommandLine;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>dead</c>: what was given up, and what to do with it.</summary>
internal static class DeadCommand
{
    /// <summary>A page; more are asked for as long as there are more.</summary>
    private const string FirstPage = "/v1/events?state=dead&dismissed=false&limit=1000";

    public static Command Create(CommandContext context) =>
        new("dead", "Dead letters: what was given up, with the reason. Nothing of it is deleted by itself.")
        {
            List(context),
            Show(context),
            Replay(context),
            Drop(context),
        };

    private static Command List(CommandContext context)
    {
        var json = JsonOption.Create();
        var command = new Command("list", "All dead letters that have not been dropped, newest first.") { json };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var (paint, now) = (context.Paint, context.Time.GetUtcNow());
                var table = new Table("WHEN", "KEY", "TYPE", "SOURCE", "SESSION", "TRIES", "WHY");
                var count = 0;
                await foreach (var page in PagesAsync(client, cancel))
                {
                    if (parsed.GetValue(json))
                    {
                        foreach (var item in page.Items("events"))
                            await context.Out.WriteLineAsync(item);
                        continue;
                    }
                    foreach (var row in page.Read(BellhopJson.Default.ListingDto).Events)
                    {
                        count++;
                        table.Add(
                            (RelativeTime.Ago(row.UpdatedAt, now), paint.Faint),
                            (row.Key, null),
                            (Printable.Line(row.Type, 40), null),
                            (Printable.Line(row.Source, 40), null),
                            (Printable.Line(row.Session), null),
                            ($"{row.Attempts}", null),
                            (Printable.Line(row.Reason), paint.Bad)
                        );
                    }
                }
                if (parsed.GetValue(json))
                    return ExitCode.Done;
                if (count == 0)
                    await context.Out.WriteLineAsync("No dead letters.");
                else
                    table.Write(context.Out, paint, context.Width);
                return ExitCode.Done;
            }
        );
        return command;
    }

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
                new ReceiptView(context.Paint, context.Time.GetUtcNow()).Write(context.Out, receipt);
                await context.Out.WriteLineAsync();
                foreach (var line in BodyView.Lines(receipt.Event))
                    await context.Out.WriteLineAsync(line);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static Command Replay(CommandContext context)
    {
        var id = new Argument<string?>("id")
        {
            Description = "The event's key or id.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "All dead letters." };
        var command = new Command(
            "replay",
            "Gives a dead letter again, as a new delivery. The old one stays on the receipt."
        )
        {
            id,
            all,
        };
        command.Validators.Add(r =>
        {
            if (r.GetValue(all) == (r.GetValue(id) is not null))
                r.AddError("Name one id, or say --all.");
        });
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var replayed = 0;
                foreach (var key in parsed.GetValue(id) is { } one ? [one] : await KeysAsync(client, cancel))
                {
                    var answer = (await client.PostAsync(Paths.Replay(key), default, cancel)).Read(
                        BellhopJson.Default.ReplayedDto
                    );
                    replayed += answer.Sessions.Count;
                    if (answer.Sessions.Count > 0)
                        await context.Out.WriteLineAsync(
                            $"queued {Printable.Line(key)} → {Printable.Line(string.Join(", ", answer.Sessions))}"
                        );
                }
                if (replayed == 0)
                    await context.Out.WriteLineAsync("Nothing to replay.");
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

    private static async Task<IReadOnlyList<string>> KeysAsync(GatewayClient client, CancellationToken cancel)
    {
        var keys = new List<string>();
        await foreach (var page in PagesAsync(client, cancel))
            keys.AddRange(page.Read(BellhopJson.Default.ListingDto).Events.Select(row => row.Key));
        keys.Reverse(); // oldest first, the order they came in
        return [.. keys.Distinct()];
    }

    private static async IAsyncEnumerable<Answer> PagesAsync(
        GatewayClient client,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        long? after = null;
        do
        {
            var page = await client.GetAsync(after is null ? FirstPage : $"{FirstPage}&after={after}", cancel);
            yield return page;
            after = page.Read(BellhopJson.Default.ListingDto).Next;
        } while (after is not null);
    }
}
