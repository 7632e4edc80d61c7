using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Acp;

/// <summary>Starts an agent that speaks ACP.</summary>
internal interface IAcpLauncher
{
    /// <summary>Sees to it that no earlier process works on the session any more.</summary>
    Task ReapAsync(CancellationToken cancel);

    /// <summary>Starts it.</summary>
    /// <exception cref="BellhopException">It cannot be started; the message says why and how to mend it.</exception>
    Task<ILineProcess> LaunchAsync(CancellationToken cancel);
}
