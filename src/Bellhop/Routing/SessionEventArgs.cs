using Bellhop.Events;

namespace Bellhop.Routing;

/// <summary>Something changed about a session.</summary>
public sealed class SessionEventArgs(SessionId session) : EventArgs
{
    /// <summary>Which.</summary>
    public SessionId Session => session;
}
