using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>sessions handover</c>: whoever has a session lets go of it, for a terminal or for our agent.</summary>
internal static class HandoverCommand
{
    private const string Terminal = "terminal";
    private const string Bellhop = "bellhop";

    public static Command Create(CommandContext context)
    {
        var session = new Argument<string>("session") { Description = "The session; 'gateway' is the central one." };
        var to = new Option<string>("--to")
        {
            Description =
                "Who shall have it: terminal (whichever asks), bellhop, or a terminal by its session, as pid-4711.",
            DefaultValueFactory = _ => Terminal,
        };
        to.CompletionSources.Add(Terminal, Bellhop);
        var json = JsonOption.Create();
        var command = new Command(
            "handover",
            "Gives a session from our agent to a terminal (GATEWAY_ROLE=central pi), from one terminal to another, or back."
        )
        {
            session,
            to,
            json,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var client = new GatewayClient(context.Home);
                var body = new JsonObject { ["to"] = parsed.GetRequiredValue(to) }.ToJsonString();
                var path = Paths.Handover(parsed.GetRequiredValue(session));
                var answer = await client.PostAsync(path, Encoding.UTF8.GetBytes(body), cancel);
                await context.Out.WriteLineAsync(
                    parsed.GetValue(json)
                        ? answer.Text
                        : Printable.Line(answer.Read(BellhopJson.Default.HandoverDto).Message)
                );
                return ExitCode.Done;
            }
        );
        return command;
    }
}
