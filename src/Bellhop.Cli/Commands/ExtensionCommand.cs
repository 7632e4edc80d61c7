using System.CommandLine;
using System.Text.Json.Nodes;
using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Commands;

/// <summary><c>extension</c>: the part that joins a pi in a terminal to the gateway.</summary>
internal static class ExtensionCommand
{
    public static Command Create(CommandContext context) =>
        new("extension", "The extension that joins a pi in a terminal to the gateway.")
        {
            Install(context),
            Remove(context),
            Status(context),
        };

    private static Command Install(CommandContext context)
    {
        var yes = new Option<bool>("--yes")
        {
            Description = "Replace another gateway extension; it is kept as a backup.",
        };
        var command = new Command("install", "Copies it to where pi loads extensions from.") { yes };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var extension = PiExtension.Locate(context.Variable, context.Time);
                if (extension.Installed == InstalledExtension.Other && !parsed.GetValue(yes))
                    await ConsentAsync(context, extension, cancel);
                var backup = extension.Install();
                if (backup is not null)
                    await context.Out.WriteLineAsync($"What was there is kept in {Printable.Line(backup)}");
                await context.Out.WriteLineAsync(
                    $"installed {PiExtension.OwnVersion} in {Printable.Line(extension.Folder)}"
                );
                await context.Out.WriteLineAsync("pi has it after its next start, or after /reload.");
                return ExitCode.Done;
            }
        );
        return command;
    }

    /// <exception cref="CommandException">The person did not agree, or there is none to ask.</exception>
    private static async Task ConsentAsync(CommandContext context, PiExtension extension, CancellationToken cancel)
    {
        var there = $"Another gateway extension is in {Printable.Line(extension.Folder)}.";
        if (!context.IsInteractive)
            throw new CommandException(
                $"{there} Nothing was changed. To replace it and keep it as a backup: bellhop extension install --yes"
            );
        await context.Out.WriteAsync($"{there} Replace it? It is kept as a backup. [y/N] ");
        await context.Out.FlushAsync(cancel);
        using var input = new StreamReader(context.Input());
        var answer = (await input.ReadLineAsync(cancel))?.Trim() ?? "";
        if (!answer.StartsWith('y') && !answer.StartsWith('Y'))
            throw new CommandException("Nothing was changed.");
    }

    private static Command Remove(CommandContext context)
    {
        var command = new Command("remove", "Takes it away again and puts back what was there before.");
        command.SetAction(
            async (_, _) =>
            {
                var extension = PiExtension.Locate(context.Variable, context.Time);
                var before = extension.Installed;
                if (before == InstalledExtension.Other)
                    throw new CommandException(
                        $"What is in {Printable.Line(extension.Folder)} is not Bellhop's; it was left alone."
                    );
                var restored = extension.Remove();
                await context.Out.WriteLineAsync(
                    before == InstalledExtension.Ours
                        ? $"removed {Printable.Line(extension.Folder)}"
                        : "It was not installed."
                );
                if (restored is not null)
                    await context.Out.WriteLineAsync($"put back what {Printable.Line(restored)} kept");
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static Command Status(CommandContext context)
    {
        var json = JsonOption.Create();
        var command = new Command("status", "Which gateway extension pi loads.") { json };
        command.SetAction(
            async (parsed, _) =>
            {
                var extension = PiExtension.Locate(context.Variable, context.Time);
                await context.Out.WriteLineAsync(parsed.GetValue(json) ? Object(extension) : Sentence(extension));
                if (!parsed.GetValue(json) && extension.Backups is [var newest, ..])
                    await context.Out.WriteLineAsync($"kept from before: {Printable.Line(newest)}");
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static string Sentence(PiExtension extension)
    {
        var (folder, version) = (Printable.Line(extension.Folder), Printable.Line(extension.InstalledVersion ?? "?"));
        return extension.Installed switch
        {
            InstalledExtension.Ours when version == PiExtension.OwnVersion =>
                $"Bellhop's {version} is active in {folder}",
            InstalledExtension.Ours =>
                $"Bellhop's {version} is active in {folder}; this program brings {PiExtension.OwnVersion}: bellhop extension install",
            InstalledExtension.Other => $"another one is active in {folder}; Bellhop's: bellhop extension install",
            _ => $"none is active; there is no {folder}: bellhop extension install",
        };
    }

    private static string Object(PiExtension extension) =>
        new JsonObject
        {
            ["active"] = extension.Installed switch
            {
                InstalledExtension.Ours => "bellhop",
                InstalledExtension.Other => "other",
                _ => null,
            },
            ["version"] = extension.InstalledVersion,
            ["available"] = PiExtension.OwnVersion,
            ["folder"] = extension.Folder,
            ["backup"] = extension.Backups is [var newest, ..] ? newest : null,
        }.ToJsonString(Json.Relaxed);
}
