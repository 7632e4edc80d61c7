using System.CommandLine;
using System.Text.Json;
using Bellhop.Cli.Rendering;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>config reload</c>: makes the running gateway read its configuration again.</summary>
internal static class ConfigReloadCommand
{
    public static Command Create(CommandContext context)
    {
        var json = JsonOption.Create();
        var command = new Command(
            "reload",
            "Takes a changed configuration over: says what changed and what waits for a start. A fault changes nothing; exits 78."
        )
        {
            json,
        };
        command.SetAction((parsed, cancel) => RunAsync(context, parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, bool json, CancellationToken cancel)
    {
        try
        {
            using var client = new GatewayClient(context.Home);
            var answer = await client.PostAsync("/v1/config/reload", default, cancel);
            if (json)
                await context.Out.WriteLineAsync(answer.Text);
            else
                Say(context.Out, answer.Read(BellhopJson.Default.ReloadDto));
            return ExitCode.Done;
        }
        catch (RefusedException e) when (e.Fault.Faults is { } faults)
        {
            if (json)
                foreach (var fault in faults)
                    context.Out.WriteLine(JsonSerializer.Serialize(fault, BellhopJson.Plain.SettingFaultDto));
            else
                foreach (var line in Printable.Lines(e.Fault.Message))
                    context.Error.WriteLine(line);
            return ExitCode.Configuration;
        }
    }

    private static void Say(TextWriter writer, ReloadDto reload)
    {
        if (reload.Changed.Count > 0)
            writer.WriteLine($"{string.Join(", ", reload.Changed)}: taken over");
        if (reload.AtNextStart.Count > 0)
            writer.WriteLine($"{string.Join(", ", reload.AtNextStart)}: take effect at the next start");
        if (reload.Changed.Count + reload.AtNextStart.Count == 0)
            writer.WriteLine("Nothing has changed since it was last read.");
    }
}
