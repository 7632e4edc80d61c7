using Bellhop.Events;

namespace Bellhop.Redis.Listener;

/// <summary>Says whether an agent of ours takes a session's events; implemented where lanes are known.</summary>
public interface ISessionHolders
{
    /// <summary>The agent's kind (<c>pi</c>, <c>command</c>), or null where a terminal may take the rows itself.</summary>
    string? HolderOf(SessionId session);
}
