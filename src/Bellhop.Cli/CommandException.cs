namespace Bellhop.Cli;

/// <summary>A command cannot do what was asked, and its message says why and how to mend it.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCode.Failed) : BellhopException(message)
{
    /// <summary>What the program exits with.</summary>
    public int Code { get; } = exitCode;
}
