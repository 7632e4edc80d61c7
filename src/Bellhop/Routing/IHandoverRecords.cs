using Bellhop.Events;

namespace Bellhop.Routing;

/// <summary>Remembers over a restart which sessions a person handed over to terminals.</summary>
public interface IHandoverRecords
{
    /// <summary>True where a terminal shall have the session.</summary>
    Task<bool> IsHandedOverAsync(SessionId session, CancellationToken cancel);

    /// <summary>Durable when it returns.</summary>
    Task SaveAsync(SessionId session, SessionHolder holder, CancellationToken cancel);
}
