namespace Bellhop.Cli.Setup;

/// <summary>The program cannot do what it was started for, and a person can mend it.</summary>
internal sealed class SetupException(string message, int exitCode = ExitCode.Failed) : BellhopException(message)
{
    /// <summary>What the program exits with.</summary>
    public int Code { get; } = exitCode;
}
