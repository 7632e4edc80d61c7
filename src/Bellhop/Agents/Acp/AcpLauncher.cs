using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Acp;

/// <summary>Starts the real agent, as it is configured.</summary>
internal sealed class AcpLauncher(Children children, ChildStart start, TimeProvider time) : IAcpLauncher
{
    public Task ReapAsync(CancellationToken cancel) => children.ReapAsync(cancel);

    public async Task<ILineProcess> LaunchAsync(CancellationToken cancel) =>
        new LineProcess(Path.GetFileName(start.Command[0]), await children.StartAsync(start, cancel), time);
}
