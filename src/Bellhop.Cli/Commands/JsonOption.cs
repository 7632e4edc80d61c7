using System.CommandLine;

namespace Bellhop.Cli.Commands;

/// <summary>The same <c>--json</c> on every command that reads.</summary>
internal static class JsonOption
{
    /// <summary>A new one, for one command.</summary>
    public static Option<bool> Create() =>
        new("--json") { Description = "Print the API's own objects, one a line, for scripts." };
}
