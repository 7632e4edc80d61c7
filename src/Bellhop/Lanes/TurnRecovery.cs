using Bellhop.Agents;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Lanes;

/// <summary>
/// Settles the turns that a crash cut in two. The journal says that a prompt was on its way; the agent's transcript says
/// whether it came, and it decides.
/// </summary>
internal sealed class TurnRecovery(SessionId session, IEventStore store, IAgent agent)
{
    private const string Again = "never begun: given again";

    private readonly EarlierTurns _earlier = new(agent);
    private Ulid? _neverBegun;
    private (Ulid Turn, TurnReport Report)? _answered;

    /// <summary>This turn was leased, and nobody told the agent: it needs no transcript to be given back.</summary>
    public void NeverBegun(Ulid turn) => _neverBegun = turn;

    /// <summary>
    /// This turn ended well, so no transcript has to be asked, and some agents keep none: where its answer found no room,
    /// it is written from here.
    /// </summary>
    public void Answered(Ulid turn, TurnReport report) => _answered = (turn, report);

    /// <summary>Writes the answer that found no room; does nothing where there is none.</summary>
    public async Task WriteAnswerAsync(CancellationToken cancel)
    {
        foreach (var open in await store.OpenTurnsAsync(session, cancel))
        {
            if (AnswerOf(open) is { } report)
                await WriteAsync(open, report, cancel);
        }
    }

    /// <summary>
    /// <see cref="NeverBegun"/> where the lane ends: the next run knows nothing of it, so it is given back now. Without the
    /// term it is no longer ours to give, and should the term come back, so does this lane.
    /// </summary>
    public async Task NeverBegunAsync(Ulid turn, CentralTerm term)
    {
        NeverBegun(turn);
        if (!term.Lost.IsCancellationRequested)
            await store.ReleaseAsync(turn, Again, forget: false, CancellationToken.None);
    }

    /// <summary>True when there was something to settle, and the store took it.</summary>
    public async Task<bool> RunAsync(CentralTerm term, CancellationToken cancel)
    {
        var turns = await store.OpenTurnsAsync(session, cancel);
        foreach (var open in turns)
        {
            if (open.Lease.Turn == _neverBegun)
                await store.ReleaseAsync(open.Lease.Turn, Again, forget: false, cancel);
            else if (AnswerOf(open) is { } report)
                await WriteAsync(open, report, cancel);
