using System.CommandLine;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Commands;

/// <summary><c>--wait [DURATION]</c>: stay until the answer is there.</summary>
internal static class WaitOption
{
    /// <summary>As long as a silent turn may take by default: who asked for longer says so.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(10);

    /// <summary>A new one, for one command. Its value is null where it was not given.</summary>
    public static Option<TimeSpan?> Create() =>
        new("--wait")
        {
            Description =
                $"Wait for the answer and print it: {Durations.Shape}. Without a duration {Durations.Write(DefaultWait)}.",
            HelpName = "duration",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result =>
            {
                if (result.Tokens.Count == 0)
                    return DefaultWait;
                if (Durations.TryParse(result.Tokens[0].Value, out var duration))
                    return duration;
                // 'push --wait TYPE': the word is the next argument, not a duration.
                result.OnlyTake(0);
                return DefaultWait;
            },
        };
}
