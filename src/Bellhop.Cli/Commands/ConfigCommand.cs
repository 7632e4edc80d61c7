using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Commands;

/// <summary><c>config</c>: is it right, and what holds.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandContext context) =>
        new("config", "The configuration: config.json and the environment over it.")
        {
            Check(context),
            Show(context),
            ConfigReloadCommand.Create(context),
            Reference(context),
        };

    private static Command Check(CommandContext context)
    {
        var json = JsonOption.Create();
        var command = new Command("check", "Lists every fault with its place and its mend; exits 78 when there is one.")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
                return CheckAsJson(context);
            Configuration.Load(context.Home, context.Environment);
            var path = context.Home.Config;
            context.Out.WriteLine(
                File.Exists(path) ? $"{path} is good." : $"There is no {path} yet; the defaults are good."
            );
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>One fault a line; nothing where all is good.</summary>
    private static int CheckAsJson(CommandContext context)
    {
        try
        {
            Configuration.Load(context.Home, context.Environment);
            return ExitCode.Done;
        }
        catch (ConfigurationException e)
        {
            foreach (var fault in e.Faults)
                context.Out.WriteLine(JsonSerializer.Serialize(fault.View, BellhopJson.Plain.SettingFaultDto));
            return ExitCode.Configuration;
        }
    }

    private static Command Show(CommandContext context)
    {
        var json = JsonOption.Create();
        var command = new Command("show", "What holds, and where it came from. Secrets are not printed.") { json };
        command.SetAction(parsed =>
        {
            var settings = Configuration.Load(context.Home, context.Environment).Settings;
            if (parsed.GetValue(json))
            {
                foreach (var s in settings)
                    context.Out.WriteLine(Line(s));
                return ExitCode.Done;
            }
            var table = new Table("SETTING", "VALUE", "FROM");
            foreach (var s in settings)
                table.Add(s.Setting.Path, Printable.Line(s.Shown), Printable.Line(s.Origin));
            table.Write(context.Out, context.Paint, context.Width);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Prints docs/configuration.md; for whoever changes the schema.</summary>
    private static Command Reference(CommandContext context)
    {
        var command = new Command("reference", "The configuration page of the documentation.") { Hidden = true };
        command.SetAction(_ =>
        {
            context.Out.Write(ConfigurationReference.Write());
            return ExitCode.Done;
        });
        return command;
    }

    private static string Line(EffectiveSetting s) =>
        new JsonObject
        {
            ["key"] = s.Setting.Path,
            ["value"] = JsonNode.Parse(s.IsSecret ? JsonSerializer.Serialize(s.Shown, Json.Relaxed) : s.Shown),
            ["origin"] = s.Origin,
        }.ToJsonString(Json.Relaxed);
}
