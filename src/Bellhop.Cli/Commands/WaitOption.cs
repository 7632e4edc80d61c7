using System.CommandLine;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Commands;

/// <summary><c>--wait [DURATION]</c>: stay until the answer is there.</summary>
internal static class WaitOption
{
    private const string Name = "--wait";

    /// <summary>As long as a silent turn may take by default: who asked for longer says so.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(10);

    /// <summary>A new one, for one command. Its value is null where it was not given.</summary>
    public static Option<TimeSpan?> Create() =>
        new(Name)
        {
            Description =
                $"Wait for the answer and print it: {Durations.Shape}. Without a duration {Durations.Write(DefaultWait)}.",
            HelpName = "duration",
            CustomParser = result =>
            {
                if (Durations.TryParse(result.Tokens[0].Value, out var duration) && duration <= Durations.LongestTimer)
                    return duration;
                result.AddError(
                    $"--wait takes {Durations.Shape}; no more than {Durations.Write(Durations.LongestTimer)}."
                );
                return null;
            },
        };

    /// <summary>
    /// Gives a bare <c>--wait</c> its default duration. The parser would take the word after it for the value, and in
    /// <c>push --wait TYPE</c> that is the type.
    /// </summary>
    public static string[] Complete(string[] args) =>
        [
            .. args.Select(
                (arg, i) =>
                    arg == Name && (i + 1 == args.Length || !Durations.TryParse(args[i + 1], out _))
                        ? $"{Name}={Durations.Write(DefaultWait)}"
                        : arg
            ),
        ];
}
