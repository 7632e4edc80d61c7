using Bellhop.Agents;
using Bellhop.Events;
using Bellhop.Redis.Listener;

namespace Bellhop.Cli.Hosting;

/// <summary>Tells the Redis listener which sessions an agent of ours holds.</summary>
internal sealed class LaneHolders(IReadOnlyDictionary<SessionId, IAgent> agents) : ISessionHolders
{
    public string? HolderOf(SessionId session) => agents.GetValueOrDefault(session)?.Status.Kind;
}
