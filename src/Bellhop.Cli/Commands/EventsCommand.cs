using System.CommandLine;
using System.Text.Json;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;
using Bellhop.Store;

namespace Bellhop.Cli.Commands;

/// <summary><c>events</c>: what came and where it stands, newest first; with <c>--follow</c> every move as it happens.</summary>
internal static class EventsCommand
{
    public static Command Create(CommandContext context)
    {
        var state = new Option<string?>("--state") { Description = "Only deliveries in this state." };
        state.AcceptOnlyFromAmong([.. Enum.GetValues<DeliveryState>().Select(s => s.Word())]);
        var session = new Option<string?>("--session") { Description = "Only deliveries for this session." };
        var follow = new Option<bool>("--follow", "-f")
        {
            Description = "Print every move from now on, until interrupted.",
        };
        var limit = new Option<int>("--limit", "-n")
        {
            Description = "At most this many.",
            DefaultValueFactory = _ => 20,
        };
        limit.Validators.Add(r =>
        {
            if (r.Tokens.Count > 0 && (!int.TryParse(r.Tokens[0].Value, out var n) || n is < 1 or > 1000))
                r.AddError("--limit takes 1 to 1000.");
        });
        var json = JsonOption.Create();
        var command = new Command("events", "What came, and where it stands.") { state, session, follow, limit, json };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var filter = Filter(parsed.GetValue(state), parsed.GetValue(session));
                if (parsed.GetValue(follow))
                    await FollowAsync(context, client, filter, parsed.GetValue(json), cancel);
                else
                    Show(
                        context,
                        await client.GetAsync($"/v1/events?limit={parsed.GetValue(limit)}{filter}", cancel),
                        parsed.GetValue(json)
                    );
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static string Filter(string? state, string? session) =>
        (state is null ? "" : $"&state={Uri.EscapeDataString(state)}")
        + (session is null ? "" : $"&session={Uri.EscapeDataString(session)}");

    private static void Show(CommandContext context, Answer answer, bool json)
    {
        if (json)
        {
            foreach (var item in answer.Items("events"))
                context.Out.WriteLine(item);
            return;
        }
        var page = answer.Read(BellhopJson.Default.ListingDto);
        var (paint, now) = (context.Paint, context.Time.GetUtcNow());
        var table = new Table("WHEN", "ID", "TYPE", "SOURCE", "SESSION", "STATE", "WHY");
        foreach (var row in page.Events)
        {
            table.Add(
                (RelativeTime.Ago(row.ArrivedAt, now), paint.Faint),
                (Printable.Line(row.Id, MaxName), null),
                (Printable.Line(row.Type, MaxName), null),
                (Printable.Line(row.Source, MaxName), null),
                (Printable.Line(row.Session), null),
                (row.State, paint.State),
                (Printable.Sentence(row.Reason), null)
            );
        }
        table.Write(context.Out, paint, context.Width);
        if (page.Next is not null)
            context.Out.WriteLine(paint.Faint("There are more: raise --limit, or narrow with --state and --session."));
    }

    // A name can have 256 characters; one long one must not push the state off the screen.
    public const int MaxName = 40;

    /// <summary>The last line of a stream that was broken off, for a follower that fell behind.</summary>
    private const string Refusal = "{\"error\":";

    private static FaultDto FaultOf(string line) =>
        JsonSerializer.Deserialize(line, BellhopJson.Default.ErrorDto)!.Error;

    private static async Task FollowAsync(
        CommandContext context,
        GatewayClient client,
        string filter,
        bool json,
        CancellationToken cancel
    )
    {
        var paint = context.Paint;
        await foreach (var line in client.LinesAsync($"/v1/events?follow=true{filter}", cancel))
        {
            var fault = line.StartsWith(Refusal, StringComparison.Ordinal) ? FaultOf(line) : null;
            if (json || fault is null)
                await context.Out.WriteLineAsync(json ? line : Sentence(line, paint));
            if (fault is not null)
                throw new CommandException($"{fault.Code} {fault.Message}");
            if (!context.IsRead())
                return;
        }
        await context.Error.WriteLineAsync("The gateway stopped.");
    }

    private static string Sentence(string line, Paint paint)
    {
        var move = JsonSerializer.Deserialize(line, BellhopJson.Default.ChangeDto)!;
        return $"{paint.Faint(move.At.ToLocalTime().ToString("HH:mm:ss.fff"))}  {paint.State(move.State.PadRight(9))}  "
            + $"{Printable.Line(move.Type, MaxName)} ({Printable.Line(move.Source, MaxName)})  {Printable.Line(move.Id, MaxName)}"
            + $" → {Printable.Line(move.Session)}{(move.Note is null ? "" : $"  {Printable.Sentence(move.Note)}")}";
    }
}
