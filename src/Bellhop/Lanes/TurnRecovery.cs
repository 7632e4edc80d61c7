using Bellhop.Agents;
using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Lanes;

/// <summary>
/// Settles the turns that a crash cut in two. The journal says that a prompt was on its way; the agent's transcript says
/// whether it came, and it decides.
/// </summary>
internal sealed class TurnRecovery(SessionId session, IEventStore store, IAgent agent, Alarms alarms)
{
    private const string Again = "never begun: given again";
    private const string Interrupted = "interrupted";

    private readonly EarlierTurns _earlier = new(agent);
    private readonly DeadLetterAlarm _deadLetters = new(session, alarms);
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
            else
                await SettleAsync(open, term, cancel);
        }
        return turns.Count > 0;
    }

    private TurnReport? AnswerOf(OpenTurn open) =>
        _answered is { } answered && answered.Turn == open.Lease.Turn ? answered.Report : null;

    private Task WriteAsync(OpenTurn open, TurnReport report, CancellationToken cancel)
    {
        Reply[] replies = [new Reply(0, report.Answer!)];
        return open.State == DeliveryState.Injecting
            ? store.AnsweredAsync(open.Lease.Turn, report.Told, replies, report.Note, cancel)
            : store.CompleteAsync(open.Lease.Turn, replies, report.Note, cancel);
    }

    private async Task SettleAsync(OpenTurn open, CentralTerm term, CancellationToken cancel)
    {
        var lease = open.Lease;
        switch (await agent.ArrivedAsync(TurnMarker.For(lease.Turn), cancel))
        {
            case Arrival.No:
                await store.ReleaseAsync(lease.Turn, GivenAgain(term), forget: false, cancel);
                break;
            case Arrival.Yes { Answer: var answer }:
                if (open.State == DeliveryState.Injecting)
                    await store.InjectedAsync(
                        lease.Turn,
                        await WasToldAsync(lease, cancel),
                        "found in the transcript",
                        cancel
                    );
                if (answer is null)
                    await store.ReleaseAsync(lease.Turn, "cut short by a restart: goes on", forget: false, cancel);
                else
                    await store.CompleteAsync(
                        lease.Turn,
                        [new Reply(0, answer)],
                        "answer found in the transcript",
                        cancel
                    );
                break;
            case Arrival.Unknown:
                var retry = new RetryPolicy();
                var result = await store.FaultAsync(lease.Turn, TurnFault.Interrupted, Interrupted, retry, cancel);
                _deadLetters.Raise(lease, result, Interrupted);
                break;
        }
    }

    private static string GivenAgain(CentralTerm term) =>
        term.Before is { } before
            ? $"given again: {before} was central and may have begun it; its transcript cannot be read here"
            : "not in the transcript: given again";

    /// <summary>A prompt told its events unless it could continue an earlier one that the transcript holds.</summary>
    private async Task<bool> WasToldAsync(TurnLease lease, CancellationToken cancel) =>
        await _earlier.FindAsync(lease, cancel) is null;
}
