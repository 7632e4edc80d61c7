using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>release RULE|EVENT</c>: lets go of what a rule holds.</summary>
internal static class ReleaseCommand
{
    public static Command Create(CommandContext context)
    {
        var of = new Argument<string>("rule-or-event")
        {
            Description = "The rule that holds, or one event's key or id.",
        };
        var json = JsonOption.Create();
        var command = new Command("release", "Lets go of the events that a routing rule holds.") { of, json };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var name = parsed.GetRequiredValue(of);
                var body = new JsonObject { ["of"] = name }.ToJsonString(Json.Relaxed);
                using var client = new GatewayClient(context.Home);
                var answer = await client.PostAsync("/v1/release", Encoding.UTF8.GetBytes(body), cancel);
                var released = answer.Read(BellhopJson.Default.ReleasedDto).Released;
                await context.Out.WriteLineAsync(
                    parsed.GetValue(json) ? answer.Text
                    : released == 0 ? $"Nothing is held by {Printable.Line(name)}."
                    : $"released {released:N0} {(released == 1 ? "event" : "events")}"
                );
                return ExitCode.Done;
            }
        );
        return command;
    }
}
