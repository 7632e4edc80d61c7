using System.CommandLine;
using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Commands;

/// <summary><c>logs</c>: the end of the log file, and with <c>-f</c> what is added to it.</summary>
internal static class LogsCommand
{
    /// <summary>Backstop where the system tells of no change (network folders).</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public static Command Create(CommandContext context)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on printing what is added." };
        var lines = new Option<int>("--lines", "-n")
        {
            Description = "How many of the last lines; with --json, entries.",
            DefaultValueFactory = _ => 100,
        };
        var json = new Option<bool>("--json") { Description = "Print entries as objects, one a line, for scripts." };
        var command = new Command("logs", "The gateway's own log.") { follow, lines, json };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var path = context.Home.LogFile;
                if (!File.Exists(path) && !parsed.GetValue(follow))
                    throw new CommandException($"There is no log yet: {path}");
                var tail = new LogTail(path);
                var count = Math.Max(0, parsed.GetValue(lines));
                Func<IEnumerable<string>, IEnumerable<string>> print = parsed.GetValue(json) ? AsJson : AsText;
                // An entry is counted once its lines are put together.
                foreach (
                    var line in parsed.GetValue(json) ? print(tail.Added()).TakeLast(count) : print(tail.Last(count))
                )
                    await context.Out.WriteLineAsync(line);
                if (parsed.GetValue(follow))
                    await FollowAsync(context, tail, print, cancel);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static IEnumerable<string> AsText(IEnumerable<string> lines) => lines.Select(line => Printable.Line(line));

    private static IEnumerable<string> AsJson(IEnumerable<string> lines) =>
        LogEntry.From(lines).Select(entry => entry.ToJson());

    private static async Task FollowAsync(
        CommandContext context,
        LogTail tail,
        Func<IEnumerable<string>, IEnumerable<string>> print,
        CancellationToken cancel
    )
    {
        context.Home.Create();
        using var changed = new SemaphoreSlim(0, 1);
        using var watcher = new FileSystemWatcher(context.Home.Logs) { EnableRaisingEvents = true };
        void Wake(object sender, FileSystemEventArgs e)
        {
            if (changed.CurrentCount == 0)
                changed.Release();
        }
        watcher.Changed += Wake;
        watcher.Created += Wake;
        // It looks once a second at the latest, so that it ends soon after its reader.
        while (context.IsRead())
        {
            foreach (var line in print(tail.Added()))
                await context.Out.WriteLineAsync(line);
            await context.Out.FlushAsync(cancel);
            await changed.WaitAsync(LookAgain, cancel);
        }
    }
}
