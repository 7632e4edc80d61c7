using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>explain EVENT</c>: where an event would go and why. Does nothing.</summary>
internal static class ExplainCommand
{
    private const string Path = "/v1/explain";

    public static Command Create(CommandContext context)
    {
        var asked = new Argument<string>("event")
        {
            Description = "A type such as build.broken, an event as @file or -, or a stored event's key or id.",
        };
        var source = new Option<string?>("--source") { Description = "Who would say so. The default is cli." };
        var origin = new Option<string?>("--origin") { Description = "The session that would have started it." };
        var list = new Option<string?>("--list") { Description = "The session to whose list it would be written." };
        var id = new Option<string?>("--id") { Description = "The id it would carry." };
        var json = JsonOption.Create();
        var command = new Command("explain", "Where an event would go, and why. Nothing is done.")
        {
            asked,
            source,
            origin,
            list,
            id,
            json,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var question = new Question(
                    parsed.GetRequiredValue(asked),
                    parsed.GetValue(source),
                    parsed.GetValue(origin),
                    parsed.GetValue(list),
                    parsed.GetValue(id)
                );
                using var client = new GatewayClient(context.Home);
                var answer = await AskAsync(context, client, question, cancel);
                if (parsed.GetValue(json))
                {
                    await context.Out.WriteLineAsync(answer.Text);
                    return ExitCode.Done;
                }
                foreach (var sentence in answer.Read(BellhopJson.Default.ExplanationDto).Because)
                    await context.Out.WriteLineAsync(Printable.Line(sentence));
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static async Task<Answer> AskAsync(
        CommandContext context,
        GatewayClient client,
        Question question,
        CancellationToken cancel
    )
    {
        if (question.IsFile)
        {
            var e = (await PayloadArgument.ReadAsync(question.Event, context, cancel, "The event"))!.Value;
            return await PostAsync(client, question.Of(JsonNode.Parse(e.GetRawText())), cancel);
        }
        if (question.IsBare)
        {
            try
            {
                return await PostAsync(client, new JsonObject { ["id"] = question.Event }, cancel);
            }
            catch (RefusedException e) when (e.Status == HttpStatusCode.NotFound)
            {
                // No event is called so: then it is a type.
            }
        }
        return await PostAsync(client, question.Of(question.Described(context)), cancel);
    }

    private static Task<Answer> PostAsync(GatewayClient client, JsonObject body, CancellationToken cancel) =>
        client.PostAsync(Path, Encoding.UTF8.GetBytes(body.ToJsonString(Json.Relaxed)), cancel);

    /// <summary>What stands on the command line.</summary>
    private sealed record Question(string Event, string? Source, string? Origin, string? List, string? Id)
    {
        public bool IsFile => Event is "-" or ['@', ..];

        /// <summary>Only a word, which may name a stored event.</summary>
        public bool IsBare => (Source ?? Origin ?? List ?? Id) is null;

        public JsonObject Of(JsonNode? e)
        {
            var body = new JsonObject { ["event"] = e };
            if (List is not null)
                body["list"] = List;
            return body;
        }

        /// <summary>The event that <c>push</c> would make of the same words.</summary>
        public JsonObject Described(CommandContext context)
        {
            var e = new JsonObject
            {
                ["type"] = Event,
                ["source"] = Source ?? "cli",
                ["ts"] = context.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            if ((Origin ?? context.Variable("BELLHOP_SESSION")) is { Length: > 0 } origin)
                e["originSession"] = origin;
            if (Id is not null)
                e["id"] = Id;
            return e;
        }
    }
}
