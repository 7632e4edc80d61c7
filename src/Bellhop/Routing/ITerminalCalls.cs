using Bellhop.Events;

namespace Bellhop.Routing;

/// <summary>Speaks to terminals, on whatever bus they are.</summary>
public interface ITerminalCalls
{
    /// <summary>
    /// Asks the session's terminal to let go of it once its event in hand has ended, and <paramref name="next"/> to take it
    /// then. Nobody need obey; the request lapses after an hour.
    /// </summary>
    Task GiveAsync(SessionId session, TerminalLease next, CancellationToken cancel);
}
