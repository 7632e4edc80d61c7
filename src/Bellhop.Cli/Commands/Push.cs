using System.Text.Json;
using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary>Hands one event to the gateway, or to the spool where there is none.</summary>
internal sealed class Push(CommandContext context, bool json)
{
    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync(PushedEvent e, TimeSpan? wait, CancellationToken cancel)
    {
        using var client = new GatewayClient(context.Home);
        Answer answer;
        try
        {
            answer = await Submission.PostAsync(client, "/v1/events", e.Body, cancel);
        }
        catch (Exception down) when (down is NotRunningException or NotAnsweringException)
        {
            // It may have been taken before the connection broke; the id makes the second time harmless.
            return await SpoolAsync(e, wait is not null);
        }
        var accepted = answer.Read(BellhopJson.Default.AcceptedDto).Events[0];
        if (wait is { } longest)
            return await new ReplyWait(context, client).RunAsync(accepted.Key, longest, json, cancel);
        await context.Out.WriteLineAsync(json ? answer.Items("events").First() : Sentence(accepted));
        return ExitCode.Done;
    }

    private static string Sentence(AcceptedEventDto e) =>
        e.Sessions.Count == 0
            ? $"accepted {Printable.Line(e.Id)} → nobody, a rule drops it: bellhop trace {e.Key}"
            : $"{(e.Duplicate ? "known already" : e.State)} {Printable.Line(e.Id)} → {Printable.Line(string.Join(", ", e.Sessions))}";

    private async Task<int> SpoolAsync(PushedEvent e, bool waited)
    {
        Spool.Write(context.Home, e.Name, e.Body);
        await context.Out.WriteLineAsync(
            json
                ? $"{{\"id\":{JsonSerializer.Serialize(e.Id, BellhopJson.Default.String)},\"state\":\"spooled\"}}"
                : $"spooled {Printable.Line(e.Id)}"
        );
        await context.Error.WriteLineAsync(
            "Bellhop is not running; it takes the event in when it starts: 'bellhop up'."
        );
        return waited ? ExitCode.NotRunning : ExitCode.Done;
    }
}
