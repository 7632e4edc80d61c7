namespace Bellhop.Cli;

/// <summary>What the program's exit says to scripts and service supervisors. Part of the outside surface.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotRunning = 3;

    /// <summary>The gateway did not accept, or the wait ran out.</summary>
    public const int NotAccepted = 4;

    /// <summary>EX_CONFIG of sysexits.h: supervisors are told not to restart on it.</summary>
    public const int Configuration = 78;
}
