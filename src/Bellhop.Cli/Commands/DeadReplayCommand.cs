using System.CommandLine;
using System.Net;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>dead replay</c>.</summary>
internal static class DeadReplayCommand
{
    public static Command Create(CommandContext context)
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
                if (parsed.GetValue(id) is { } one)
                    await ReplayAsync(context, client, one, cancel);
                else
                    await ReplayAllAsync(context, client, cancel);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static async Task ReplayAllAsync(CommandContext context, GatewayClient client, CancellationToken cancel)
    {
        var replayed = 0;
        foreach (var key in await DeadPages.KeysAsync(client, cancel))
        {
            try
            {
                await ReplayAsync(context, client, key, cancel);
                replayed++;
            }
            catch (RefusedException e) when (e.Status == HttpStatusCode.Conflict)
            {
                await context.Error.WriteLineAsync($"{key}: {e.Message}"); // somebody else was quicker
            }
        }
        if (replayed == 0)
            await context.Out.WriteLineAsync("Nothing to replay.");
    }

    private static async Task ReplayAsync(
        CommandContext context,
        GatewayClient client,
        string id,
        CancellationToken cancel
    )
    {
        var answer = await client.PostAsync(Paths.Replay(id), default, cancel);
        var sessions = answer.Read(BellhopJson.Default.ReplayedDto).Sessions;
        await context.Out.WriteLineAsync(
            $"queued {Printable.Line(id)} → {Printable.Line(string.Join(", ", sessions))}"
        );
    }
}
