namespace Bellhop.Diagnostics.Views;

/// <summary>A person's message: the body of <c>POST /v1/messages</c>.</summary>
/// <param name="Text">What the person says.</param>
/// <param name="Session">To whom; null = <c>gateway</c>.</param>
/// <param name="Thread">Keeps conversations apart where one channel carries several.</param>
public sealed record MessageDto(string? Text, string? Session = null, string? Thread = null);

/// <summary>The answer to a replay.</summary>
/// <param name="Id">The event that was asked for.</param>
/// <param name="Sessions">Who gets it again.</param>
public sealed record ReplayedDto(string Id, IReadOnlyList<string> Sessions);

/// <summary>The answer to a dismissal.</summary>
/// <param name="Id">The event that was asked for.</param>
/// <param name="Dismissed">How many dead letters were put away.</param>
public sealed record DismissedDto(string Id, int Dismissed);

/// <summary>The answer to a release.</summary>
/// <param name="Of">The rule or event that was asked for.</param>
/// <param name="Released">How many deliveries went on their way.</param>
public sealed record ReleasedDto(string Of, int Released);

/// <summary>The answer to <c>POST /v1/config/reload</c>.</summary>
/// <param name="Changed">Settings that hold their new value from now on.</param>
/// <param name="AtNextStart">Settings whose value in the file waits for the next start.</param>
public sealed record ReloadDto(IReadOnlyList<string> Changed, IReadOnlyList<string> AtNextStart);

/// <summary>The answer to <c>GET /v1/sessions</c>.</summary>
/// <param name="Sessions"><c>gateway</c> first.</param>
public sealed record SessionsDto(IReadOnlyList<SessionStatus> Sessions);

/// <summary>The answer to a handover.</summary>
/// <param name="Session">The session that was asked for.</param>
/// <param name="To">terminal, bellhop, or the session of the terminal that was named.</param>
/// <param name="Message">What is so now, and what a person does next.</param>
public sealed record HandoverDto(string Session, string To, string Message);

/// <summary>The answer to <c>/livez</c> and <c>/readyz</c>.</summary>
/// <param name="Phase">starting, ready or stopping.</param>
public sealed record PhaseDto(string Phase)
{
    /// <summary>
    /// Why every event is refused: the disk is nearly full. Or what is degraded although they are accepted: Redis is away.
    /// Null where nothing is.
    /// </summary>
    public string? Problem { get; init; }
}
