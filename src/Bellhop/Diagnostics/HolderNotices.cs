using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Diagnostics;

/// <summary>What a person should know of who takes central's events.</summary>
internal static class HolderNotices
{
    // It answers for trying out, and yields to whoever listens.
    private const string Echo = "echo";

    public static IEnumerable<string> Of(SessionStatus central, TerminalLeases terminals)
    {
        var waiting = central.Queued + central.Accepted;
        if (central.Holder is null && waiting > 0)
            yield return $"nobody is central, {(waiting == 1 ? "1 event waits" : $"{waiting:N0} events wait")}: GATEWAY_ROLE=central pi"
                + (
                    central.Lane is null ? "" : ", or back to our agent: bellhop sessions handover gateway --to bellhop"
                );
        if (
            central.Lane is { Phase: not LaneStatus.Away, Agent: not Echo } lane
            && terminals.ListenersOf(SessionId.Gateway) > 0
        )
            yield return $"A client listens for the events of gateway (or main, central), but {lane.Agent} takes them: the "
                + "gateway-setup skill's extension in a terminal gets nothing here. Remove it from that pi's extensions, or give "
                + "the session to it: bellhop sessions handover gateway";
    }
}
