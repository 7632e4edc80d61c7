using System.Collections;
using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Commands;

/// <summary>What a command sees of the world, so that a test can be the world.</summary>
internal sealed record CommandContext
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Asked by what prints for ever: false once nobody reads it.</summary>
    public Func<bool> IsRead { get; init; } = () => true;

    public required Func<Stream> Input { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The terminal's columns; null where output goes to a file or a pipe.</summary>
    public int? Width { get; init; }

    /// <summary>A person sits there and can be asked.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Standard input is a person's terminal.</summary>
    public bool HasTerminal { get; init; }

    public Home Home => Home.Locate(Variable);

    /// <summary>Colours on a terminal, unless the person said no (https://no-color.org).</summary>
    public Paint Paint =>
        new(Width is not null && Variable("NO_COLOR") is null or "" && Variable("TERM") is not "dumb");

    /// <summary>How the person called us: set by the script at the root, where it is not on the PATH.</summary>
    public string Program => Printable.Line(Variable("BELLHOP_CALLED") is { Length: > 0 } called ? called : "bellhop");

    /// <summary>An environment variable, or null.</summary>
    public string? Variable(string name) => Environment.GetValueOrDefault(name);

    /// <summary>This process.</summary>
    public static CommandContext OfProcess() =>
        new()
        {
            Out = Console.Out,
            Error = Console.Error,
            IsRead = StandardOutput.IsRead,
            Input = Console.OpenStandardInput,
            Environment = System
                .Environment.GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? ""),
            IsInteractive = !Console.IsOutputRedirected && !Console.IsInputRedirected,
            HasTerminal = !Console.IsInputRedirected,
            Width = Console.IsOutputRedirected ? null : Math.Max(40, Console.WindowWidth),
        };
}
