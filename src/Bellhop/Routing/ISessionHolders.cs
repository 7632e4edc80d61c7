using Bellhop.Events;

namespace Bellhop.Routing;

/// <summary>Says whether an agent of ours takes a session's events; implemented where lanes are known.</summary>
public interface ISessionHolders
{
    /// <summary>A session came into the hands of an agent of ours, or left them. Take note and return.</summary>
    event EventHandler<SessionEventArgs>? Changed;

    /// <summary>
    /// The kind of the agent (<c>pi</c>, <c>command</c>) whose events these are, or null where a terminal may take them.
    /// An agent that is told to let go holds until it has done so.
    /// </summary>
    string? HolderOf(SessionId session);

    /// <summary>
    /// Our own lease of the session as other terminals read it, or null where one of them may take the session.
    /// </summary>
    ReadOnlyMemory<byte>? OwnLeaseOf(SessionId session);

    /// <summary>Returns at once, or once an agent of ours that must let go of the session has done so.</summary>
    Task LetGoAsync(SessionId session, CancellationToken cancel);
}
