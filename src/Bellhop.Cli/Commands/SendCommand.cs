using System.CommandLine;
using System.Text.Json;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>send TEXT</c>: a person's message to the agent.</summary>
internal static class SendCommand
{
    public static Command Create(CommandContext context)
    {
        var text = new Argument<string>("text") { Description = "What to say to the agent; - reads standard input." };
        var session = new Option<string?>("--session")
        {
            Description = "To whom. The default is the gateway's own agent.",
        };
        var wait = WaitOption.Create();
        var json = JsonOption.Create();
        var command = new Command("send", "Says something to the agent, as a person.") { text, session, wait, json };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var said = parsed.GetRequiredValue(text);
                if (said == "-")
                {
                    using var reader = new StreamReader(context.Input());
                    said = await reader.ReadToEndAsync(cancel);
                }
                var body = JsonSerializer.SerializeToUtf8Bytes(
                    new MessageDto(said, parsed.GetValue(session)),
                    BellhopJson.Default.MessageDto
                );
                var answer = await Submission.PostAsync(client, "/v1/messages", body, cancel);
                var accepted = answer.Read(BellhopJson.Default.AcceptedEventDto);
                if (parsed.GetValue(wait) is { } longest)
                    return await new ReplyWait(context, client).RunAsync(
                        accepted.Key,
                        longest,
                        parsed.GetValue(json),
                        cancel
                    );
                await context.Out.WriteLineAsync(parsed.GetValue(json) ? answer.Text : $"accepted {accepted.Key}");
                return ExitCode.Done;
            }
        );
        return command;
    }
}
