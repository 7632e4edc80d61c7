using Bellhop.Agents;
using Bellhop.Events;

namespace Bellhop.Cli.Hosting;

/// <summary>What a person should know but need not mend at night.</summary>
internal sealed class Notices(Addresses addresses, AgentOptions agent, IReadOnlyDictionary<SessionId, IAgent> agents)
{
    /// <summary>Those that hold now.</summary>
    public IReadOnlyList<string> Now => [.. new[] { addresses.Resp.Notice, NoPi, NoAgent }.OfType<string>()];

    private string? NoPi =>
        agent.Kind == AgentKind.Auto && agents.GetValueOrDefault(SessionId.Gateway)?.Status.Kind == "echo"
            ? "pi is not on PATH, so echo answers, without a model. Get pi with 'npm install -g @earendil-works/pi-coding-agent', log in with 'pi', then start Bellhop again."
            : null;

    private string? NoAgent =>
        agents.Count == 0 ? "agent.kind is none: events wait until a terminal session takes them." : null;
}
