using Spectre.Console;

namespace Bellhop.Bench.Report;

internal static class Terminal
{
    /// <summary>Wide enough for every table; a log file has no edge.</summary>
    private const int WidthOfALog = 160;

    /// <summary>The console as it is, or plain text where it is no terminal.</summary>
    public static IAnsiConsole Open()
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Console;
        var plain = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors }
        );
        plain.Profile.Width = WidthOfALog;
        return plain;
    }
}
