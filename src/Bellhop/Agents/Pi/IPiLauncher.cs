using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Pi;

/// <summary>Starts pi on the transcript of one session.</summary>
internal interface IPiLauncher
{
    /// <summary>The transcript.</summary>
    string Transcript { get; }

    /// <summary>Where the person describes models to pi, as one would type it.</summary>
    string ModelsFile { get; }

    /// <summary>Sees to it that no earlier process works on the transcript any more.</summary>
    Task ReapAsync(CancellationToken cancel);

    /// <summary>Starts it.</summary>
    /// <exception cref="BellhopException">It cannot be started; the message says why and how to mend it.</exception>
    Task<ILineProcess> LaunchAsync(CancellationToken cancel);
}
