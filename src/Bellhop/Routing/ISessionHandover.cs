using Bellhop.Events;

namespace Bellhop.Routing;

/// <summary>Who shall hold a session.</summary>
public enum SessionHolder
{
    /// <summary>Our own agent.</summary>
    Bellhop,

    /// <summary>The first terminal that asks for it.</summary>
    Terminal,
}

/// <summary>How a handover went.</summary>
/// <param name="IsPossible">False where no agent of ours serves the session: nothing changed.</param>
/// <param name="Message">What is so now, and what a person does next.</param>
public sealed record HandoverResult(bool IsPossible, string Message);

/// <summary>Changes who holds a session; implemented where lanes are known.</summary>
public interface ISessionHandover
{
    /// <summary>Durable when it returns. A turn under way ends first, within its lane's drain budget.</summary>
    Task<HandoverResult> HandOverAsync(SessionId session, SessionHolder to, CancellationToken cancel);
}
