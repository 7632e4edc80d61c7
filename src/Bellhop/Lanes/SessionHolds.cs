using Bellhop.Agents;
using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Lanes;

/// <summary>
/// Decides whether an agent of ours or a terminal has a session, and opens and closes the lanes' gates by it. An agent
/// that does real work has its session until a person hands it over; the echo agent yields to any terminal that comes.
/// </summary>
public sealed class SessionHolds : ISessionHolders, ISessionHandover, IDisposable
{
    // The lane bounds its own drain; this is for an agent that does not end when it is told to.
    private static readonly TimeSpan LetGoPatience = TimeSpan.FromSeconds(20);

    private readonly IReadOnlyDictionary<SessionId, IAgent> _agents;
    private readonly bool _yields;
    private readonly TerminalLeases _terminals;
    private readonly IHandoverRecords _records;
    private readonly TimeProvider _time;
    private readonly OwnLease _own;
    private readonly Dictionary<SessionId, LaneGate> _gates;
    private readonly HashSet<SessionId> _handedOver = [];
    private readonly Lock _lock = new();

    /// <summary><paramref name="yields"/>: a terminal needs no handover.</summary>
    public SessionHolds(
        IReadOnlyDictionary<SessionId, IAgent> agents,
        bool yields,
        TerminalLeases terminals,
        IHandoverRecords records,
        UlidFactory ulids,
        TimeProvider time
    )
    {
        (_agents, _yields, _terminals, _records, _time) = (agents, yields, terminals, records, time);
        _own = new OwnLease(time.GetUtcNow(), ulids.Next());
        _gates = agents.Keys.ToDictionary(session => session, _ => new LaneGate(isOpen: false));
        terminals.Changed += TerminalsChanged;
    }

    /// <inheritdoc />
    public event EventHandler<SessionEventArgs>? Changed;

    /// <summary>
    /// Reads what was handed over, and lets the lanes of the rest begin. Call it once the terminals are loaded, and for each
    /// term as central: another gateway may have been told otherwise meanwhile.
    /// </summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        foreach (var session in _gates.Keys)
        {
            Note(session, await _records.IsHandedOverAsync(session, cancel));
            Decide(session);
        }
    }

    /// <inheritdoc />
    public string? HolderOf(SessionId session) =>
        _gates.TryGetValue(session, out var gate) && (gate.IsHeld || IsOurs(session))
            ? _agents[session].Status.Kind
            : null;

    /// <inheritdoc />
    public ReadOnlyMemory<byte>? OwnLeaseOf(SessionId session) =>
        IsOurs(session) ? _own.Write(session, _agents[session].Status) : (ReadOnlyMemory<byte>?)null;

    /// <inheritdoc />
    public Task LetGoAsync(SessionId session, CancellationToken cancel) =>
        _gates.TryGetValue(session, out var gate) ? gate.WhenLetGo.WaitAsync(cancel) : Task.CompletedTask;

    /// <inheritdoc />
    public async Task<HandoverResult> HandOverAsync(SessionId session, SessionHolder to, CancellationToken cancel)
    {
        if (!_gates.TryGetValue(session, out var gate))
            return new HandoverResult(
                false,
                $"No agent of ours serves {session}, so a terminal has it already or may take it at any time. From one "
                    + $"terminal to another: bellhop sessions handover {session} --to SID"
            );
        if (to == SessionHolder.Bellhop)
            await _records.SaveAsync(session, to, cancel);
        Note(session, to == SessionHolder.Terminal);
        Decide(session);
        Changed?.Invoke(this, new SessionEventArgs(session));
        if (to == SessionHolder.Bellhop)
            return new HandoverResult(true, TakenBack(session, gate));
        try
        {
            return new HandoverResult(true, await LetGoAsync(session, gate, cancel));
        }
        finally
        {
            // Only now: on a shared bus whoever is central gives the lease up at this word, and its agent must have ended.
            // Also where nobody waits for the answer any more: the lane has been told.
            await _records.SaveAsync(session, to, CancellationToken.None);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _terminals.Changed -= TerminalsChanged;

    /// <summary>At which the session's lane waits.</summary>
    internal LaneGate GateOf(SessionId session) => _gates[session];

    /// <summary>Ours by right, even while a terminal that had it before has not let go yet.</summary>
    private bool IsOurs(SessionId session) => !_yields && _agents.ContainsKey(session) && !IsHandedOver(session);

    private void Note(SessionId session, bool handedOver)
    {
        lock (_lock)
        {
            if (handedOver)
                _handedOver.Add(session);
            else
                _handedOver.Remove(session);
        }
    }

    private bool IsHandedOver(SessionId session)
    {
        lock (_lock)
            return _handedOver.Contains(session);
    }

    private void TerminalsChanged(object? sender, SessionEventArgs e) => Decide(e.Session);

    private void Decide(SessionId session)
    {
        if (!_gates.TryGetValue(session, out var gate))
            return;
        var terminalIsThere =
            _terminals.Of(session) is { IsShownOnly: false } || (_yields && _terminals.ListenersOf(session) > 0);
        if (gate.Set(open: !IsHandedOver(session) && !terminalIsThere))
            Changed?.Invoke(this, new SessionEventArgs(session));
    }

    private async Task<string> LetGoAsync(SessionId session, LaneGate gate, CancellationToken cancel)
    {
        const string next = "Start the terminal that shall have it with GATEWAY_ROLE=central pi.";
        var agent = _agents[session].Status.Kind;
        try
        {
            await gate.WhenLetGo.WaitAsync(LetGoPatience, _time, cancel);
            return $"{agent} has let go of {session}; its events wait for a terminal. {next}";
        }
        catch (TimeoutException)
        {
            return $"{agent} is still ending its turn; then it lets go of {session}. {next}";
        }
    }

    /// <summary>On a Redis its lease is its own, and an agent that yields takes it from nobody.</summary>
    private string WhenLetGo(TerminalLease terminal) =>
        terminal.IsShownOnly || _yields ? ": quit it there" : $", within {terminal.Period.TotalSeconds:0} s";

    private string TakenBack(SessionId session, LaneGate gate)
    {
        var agent = _agents[session].Status.Kind;
        return _terminals.Of(session) is { Kind: not TerminalLease.Gateway } terminal
            && (gate.IsClosed || terminal.IsShownOnly)
                ? $"{agent} takes {session} once its terminal {terminal.Who} has let go{WhenLetGo(terminal)}."
            : gate.IsClosed ? $"{agent} takes {session} once nobody listens for its events any more."
            : $"{agent} has {session}.";
    }
}
