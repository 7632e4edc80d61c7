using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>Decides who gets an event. Central gets all; an origin gets its own; a list a producer named is exact.</summary>
public sealed class Router(SessionRegistry sessions)
{
    /// <summary>The sessions an event goes to; never empty.</summary>
    public IReadOnlyList<Target> Route(Event e, SessionId? list)
    {
        if (list is { } exact)
            return [For(exact)];
        if (e.Origin is { IsGateway: false } origin)
            return [For(SessionId.Gateway), For(origin)];
        return [For(SessionId.Gateway)];
    }

    private Target For(SessionId session) => new(session, sessions.IsKnown(session));
}
