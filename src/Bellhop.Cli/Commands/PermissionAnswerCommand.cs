using System.CommandLine;
using System.Text.Json;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>permissions allow|deny ID</c>.</summary>
internal static class PermissionAnswerCommand
{
    public static Argument<string> Id() => new("id") { Description = "The request's id." };

    public static Command Allow(CommandContext context)
    {
        var option = new Option<string?>("--option")
        {
            Description = "One of the agent's own options instead of this one call; 'permissions show' lists them.",
        };
        return Create(context, "allow", "Gives leave for the call that is asked for, and for no other.", option);
    }

    public static Command Deny(CommandContext context) =>
        Create(context, "deny", "Refuses the call that is asked for; the turn goes on without it.", null);

    private static Command Create(CommandContext context, string word, string description, Option<string?>? option)
    {
        var (id, json) = (Id(), JsonOption.Create());
        var command = new Command(word, description) { id, json };
        if (option is not null)
            command.Add(option);
        command.SetAction(
            async (parsed, cancel) =>
            {
                var said = (option is null ? null : parsed.GetValue(option)) ?? word;
                var body = JsonSerializer.SerializeToUtf8Bytes(
                    new PermissionAnswerDto(said),
                    BellhopJson.Default.PermissionAnswerDto
                );
                using var client = new GatewayClient(context.Home);
                var answer = await client.PostAsync(Paths.Permission(parsed.GetRequiredValue(id)), body, cancel);
                var settled = answer.Read(BellhopJson.Default.PermissionSettledDto);
                await context.Out.WriteLineAsync(
                    parsed.GetValue(json)
                        ? answer.Text
                        : Printable.Line(settled.Decision + (settled.Option is { } taken ? $" ({taken})" : ""))
                );
                return ExitCode.Done;
            }
        );
        return command;
    }
}
