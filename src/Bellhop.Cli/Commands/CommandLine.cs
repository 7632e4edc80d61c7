using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Commands;

/// <summary>The whole command line: what there is, and what the program exits with.</summary>
internal static class CommandLine
{
    // In 'push --payload @file' the @ is ours; the parser would read the file's words as arguments.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command. Never throws: a person sees a sentence, a script an exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancel = default)
    {
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Say more; show the whole of an error.",
            Recursive = true,
        };
        var parsed = Root(context, verbose).Parse(args is [] ? ["--help"] : WaitOption.Complete(args), Parsing);
        try
        {
            if (parsed.Errors.Count > 0 && parsed.Action is not HelpText)
                return ReportUsage(context, parsed);
            var code = await parsed.InvokeAsync(Invocation(context), cancel);
            return args is [] ? ExitCode.Usage : code;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Failed;
        }
        catch (Exception e)
        {
            return await ReportAsync(context, e, parsed.GetValue(verbose));
        }
    }

    private static InvocationConfiguration Invocation(CommandContext context) =>
        new()
        {
            Output = context.Out,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            // Signals are the host's matter in 'up'; elsewhere the default, to end, is right.
            ProcessTerminationTimeout = null,
        };

    private static RootCommand Root(CommandContext context, Option<bool> verbose)
    {
        var root = new RootCommand("Bellhop: the always-on gateway for a coding agent. Start it with 'bellhop up'.")
        {
            UpCommand.Create(context, verbose),
            PushCommand.Create(context),
            SendCommand.Create(context),
            StatusCommand.Create(context),
            SessionsCommand.Create(context),
            PermissionsCommand.Create(context),
            EventsCommand.Create(context),
            TraceCommand.Create(context),
            ExplainCommand.Create(context),
            ReleaseCommand.Create(context),
            DeadCommand.Create(context),
            LogsCommand.Create(context),
            ConfigCommand.Create(context),
            ExtensionCommand.Create(context),
            CompletionCommand.Create(context),
            verbose,
        };
        var help = root.Options.OfType<HelpOption>().Single();
        // Spellings of another system: 'bellhop send /h' says "/h" to the agent.
        help.Aliases.Remove("/h");
        help.Aliases.Remove("/?");
        help.Action = new HelpText((SynchronousCommandLineAction)help.Action!);
        return root;
    }

    private static int ReportUsage(CommandContext context, ParseResult parsed)
    {
        // Of a mistyped command the parser says twice that there is none; the word itself comes last.
        foreach (var error in parsed.UnmatchedTokens.Count > 0 ? parsed.Errors.TakeLast(1) : parsed.Errors)
        {
            // The parser indents the words it would take with tabs.
            foreach (var line in Rendering.Printable.Lines(error.Message.Replace("\t", "  ", StringComparison.Ordinal)))
                context.Error.WriteLine(line);
        }
        context.Error.WriteLine($"See 'bellhop{Names(parsed.CommandResult)} --help'.");
        return ExitCode.Usage;
    }

    /// <summary>The words after the program's name that lead to the command: " config check".</summary>
    private static string Names(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Names(parent)} {result.Command.Name}" : "";

    private static async Task<int> ReportAsync(CommandContext context, Exception e, bool verbose)
    {
        await context.Error.WriteLineAsync(
            verbose ? e.ToString()
            : e is BellhopException ? e.Message
            : $"Something went wrong that should not have: {Rendering.Printable.Line(e.Message)} Run it again with --verbose to see all of it; logs/bellhop.log may say more."
        );
        return e switch
        {
            CommandException known => known.Code,
            ConfigurationException => ExitCode.Configuration,
            NotRunningException => ExitCode.NotRunning,
            _ => ExitCode.Failed,
        };
    }
}
