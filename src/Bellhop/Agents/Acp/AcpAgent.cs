using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Acp;

/// <summary>
/// Any agent that speaks the Agent Client Protocol, version 1, on its standard handles. Its transcript is its own: what
/// it replays when it loads a session is all that can be asked.
/// </summary>
internal sealed class AcpAgent(
    IAcpLauncher launcher,
    AcpSettings settings,
    RestartPolicy restarts,
    TimeSpan readyTimeout,
    TimeProvider time,
    ILogger logger
) : ProcessAgent<AcpMessage, AcpTurn>("acp", restarts, readyTimeout, time, logger)
{
    // An agent that does not come up three times in a row cannot be asked, and nobody can wait for it without end.
    private const int MaxTries = 3;

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private string? _sought;

    public override async Task<Arrival> ArrivedAsync(string marker, CancellationToken cancel)
    {
        await launcher.ReapAsync(cancel); // a process that still writes could make the answer untrue
        if (Living is { } session && session.Took(marker))
            return new Arrival.Yes(null);
        if (Status.Phase == AgentPhase.Busy || Living is AcpSession { LoadsSessions: false })
            return new Arrival.Unknown(); // another process would know no more, and the conversation would be gone
        if (!settings.File.Exists)
            return new Arrival.No(); // no agent of this kind was ever given a prompt
        for (var tries = 0; tries < MaxTries; tries++)
        {
            _sought = marker;
            if (await EnsureReadyAsync(afresh: true, cancel) is null && Living is AcpSession loaded)
                return loaded.Arrival;
        }
        return new Arrival.Unknown();
    }

    protected override async Task<AgentSession<AcpMessage, AcpTurn>> LaunchAsync(CancellationToken cancel)
    {
        var process = await launcher.LaunchAsync(cancel);
        var connection = new AcpConnection(settings.Name, process, settings.Permissions, _time, _logger);
        return new AcpSession(process, connection, settings, Interlocked.Exchange(ref _sought, null), _time, _logger);
    }
}
