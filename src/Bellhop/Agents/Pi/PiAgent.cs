using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Pi;

/// <summary>pi over its RPC protocol: one process, kept on the fixed session file of one session.</summary>
internal sealed class PiAgent(
    IPiLauncher launcher,
    RestartPolicy restarts,
    TimeSpan readyTimeout,
    TimeProvider time,
    ILogger logger
) : ProcessAgent<PiRecord, PiTurn>("pi", restarts, readyTimeout, time, logger)
{
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    public override async Task<Arrival> ArrivedAsync(string marker, CancellationToken cancel)
    {
        await launcher.ReapAsync(cancel); // a process that still writes could make the answer untrue
        var found = await Task.Run(() => PiTranscript.Find(launcher.Transcript, marker), cancel);
        // 0.73.1 writes its first user message down together with the first reply; until then it only has it in mind.
        return found is Arrival.No && Living is { } session && session.Took(marker) ? new Arrival.Yes(null) : found;
    }

    protected override async Task<AgentSession<PiRecord, PiTurn>> LaunchAsync(CancellationToken cancel) =>
        new PiSession(await launcher.LaunchAsync(cancel), launcher.ModelsFile, _time, _logger);
}
