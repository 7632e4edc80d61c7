using System.CommandLine;

namespace Bellhop.Cli.Commands;

/// <summary><c>push TYPE</c>: hands an event in; keeps it on disk for the gateway where that is down.</summary>
internal static class PushCommand
{
    /// <summary>Set by agents for what they start, so that results find their way back.</summary>
    private const string SessionVariable = "BELLHOP_SESSION";

    public static Command Create(CommandContext context)
    {
        var type = new Argument<string>("type") { Description = "What happened, such as download.complete." };
        var source = new Option<string>("--source") { Description = "Who says so.", DefaultValueFactory = _ => "cli" };
        var payload = new Option<string?>("--payload")
        {
            Description = "A JSON object, @file, or - for standard input.",
        };
        var origin = new Option<string?>("--origin")
        {
            Description = $"The session that started it. The default is {SessionVariable}.",
        };
        var id = new Option<string?>("--id")
        {
            Description = "What makes it the same event when it is pushed again. The default is a new one.",
        };
        var wait = WaitOption.Create();
        var json = JsonOption.Create();
        var command = new Command(
            "push",
            "Hands an event in. It is on disk when this returns, also while the gateway is down."
        )
        {
            type,
            source,
            payload,
            origin,
            id,
            wait,
            json,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var from = parsed.GetValue(origin) ?? context.Variable(SessionVariable);
                var read = await PayloadArgument.ReadAsync(parsed.GetValue(payload), context, cancel);
                var e = PushedEvent.Create(
                    parsed.GetRequiredValue(type),
                    parsed.GetRequiredValue(source),
                    read,
                    from,
                    parsed.GetValue(id),
                    context.Time
                );
                return await new Push(context, parsed.GetValue(json)).RunAsync(e, parsed.GetValue(wait), cancel);
            }
        );
        return command;
    }
}
