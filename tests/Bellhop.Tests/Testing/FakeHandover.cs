using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Tests.Testing;

/// <summary>Serves <c>gateway</c> only, and notes what was asked.</summary>
internal sealed class FakeHandover : ISessionHandover
{
    public List<(SessionId Session, SessionHolder To)> Asked { get; } = [];

    public Task<HandoverResult> HandOverAsync(SessionId session, SessionHolder to, CancellationToken cancel)
    {
        Asked.Add((session, to));
        return Task.FromResult(new HandoverResult(session.IsGateway, "pi has let go of gateway."));
    }
}
