using Bellhop.Events;

namespace Bellhop.Routing;

/// <summary>Remembers over a restart which terminals were there, so that the end of one is noticed in any case.</summary>
public interface ITerminalRecords
{
    /// <summary>The terminals that were there, as last saved.</summary>
    Task<IReadOnlyList<TerminalRecord>> LoadAsync(CancellationToken cancel);

    /// <summary>A terminal came. On disk when it returns.</summary>
    Task SaveAsync(TerminalRecord record, CancellationToken cancel);

    /// <summary>The session's terminal has gone, and what it left was dealt with.</summary>
    Task RemoveAsync(SessionId session, CancellationToken cancel);
}

/// <summary>What is remembered of a terminal.</summary>
/// <param name="Session">The session it takes.</param>
/// <param name="Period">For how long it leases.</param>
/// <param name="Json">Its lease.</param>
public sealed record TerminalRecord(SessionId Session, TimeSpan Period, ReadOnlyMemory<byte> Json);
