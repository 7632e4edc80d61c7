using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Bellhop.Agents;

// One turn, from its prompt to its end.
internal abstract partial class ProcessAgent<TRecord, TTurn>
{
    private async IAsyncEnumerable<TurnSignal> TurnAsync(
        Prompt prompt,
        [EnumeratorCancellation] CancellationToken stopTurn
    )
    {
        if (Living is not { } session)
        {
            var problem = _problem?.Message ?? $"{kind} is not running.";
            yield return TurnSignal.Ended.NeverTaken(AgentFailureCause.Outage, problem);
            yield break;
        }
        if (stopTurn.IsCancellationRequested)
        {
            yield return TurnSignal.Ended.NeverTaken(
                AgentFailureCause.Stopped,
                "The turn was stopped before it began."
            );
            yield break;
        }
        var over = false;
        var records = session.BeginTurn();
        try
        {
            var turn = session.NewTurn(prompt);
            var ended = await session.PromptAsync(turn, prompt) ? null : await DiedAsync(session);
            while (ended is null)
            {
                var delivered = turn.Delivered;
                var (record, end) = await NextAsync(session, turn, prompt, records, stopTurn);
                if (record is null)
                {
                    if (turn.Delivered && !delivered)
                        yield return new TurnSignal.Delivered(); // its receipt came while it was being stopped
                    ended = end;
                    break;
                }
                foreach (var signal in turn.Take(record))
                    yield return signal;
                await session.FollowAsync(turn, prompt);
                ended = turn.Ended;
            }
            over = true;
            if (ended!.Failure is null)
                restarts.Worked();
            yield return ended;
        }
        finally
        {
            session.EndTurn();
            if (!over)
                await session.KillAsync(); // nobody listens any more, so nobody would know how it ends
        }
    }

    /// <summary>The next record; or none, and how the turn ended instead.</summary>
    private async Task<(TRecord? Record, TurnSignal.Ended? End)> NextAsync(
        AgentSession<TRecord, TTurn> session,
        TTurn turn,
        Prompt prompt,
        ChannelReader<TRecord> records,
        CancellationToken stopTurn
    )
    {
        if (!stopTurn.IsCancellationRequested && records.TryRead(out var next))
            return (next, null);
        using var limit = new CancellationTokenSource(turn.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopTurn, limit.Token);
        try
        {
            return (await records.ReadAsync(either.Token), null);
        }
        catch (ChannelClosedException)
        {
            return (null, await DiedAsync(session));
        }
        catch (OperationCanceledException) when (stopTurn.IsCancellationRequested)
        {
            return (null, await StoppedAsync(session, turn, prompt, records));
        }
        catch (OperationCanceledException)
        {
            // pi loses a prompt now and then without a word (seen with two at once). Should it remember later, it must not.
            await session.KillAsync();
            restarts.Died();
            return (
                null,
                TurnSignal.Ended.Failed(AgentFailureCause.Outage, $"{kind} took the prompt and never began.")
            );
        }
    }

    private async Task<TurnSignal.Ended> DiedAsync(AgentSession<TRecord, TTurn> session)
    {
        await session.KillAsync();
        restarts.Died();
        Log.Died(logger, kind, session.Pid);
        return TurnSignal.Ended.Failed(AgentFailureCause.Died, session.LastWords);
    }

    private async Task<TurnSignal.Ended> StoppedAsync(
        AgentSession<TRecord, TTurn> session,
        TTurn turn,
        Prompt prompt,
        ChannelReader<TRecord> records
    )
    {
        var drained = DrainAsync(turn, records);
        var stopped = await session.StopTurnAsync(turn, CancellationToken.None);
        if (!stopped)
            await session.KillAsync();
        session.EndTurn();
        await drained;
        if (stopped)
            await session.FollowAsync(turn, prompt);
        Log.Stopped(logger, kind, session.Pid, stopped ? "abort" : "kill");
        var message = stopped ? "The turn was stopped." : $"{kind} was killed.";
        return TurnSignal.Ended.Failed(AgentFailureCause.Stopped, message);
    }

    /// <summary>Nobody needs to be told what it still says, but that may be the first that shows that it has the prompt.</summary>
    private static async Task DrainAsync(TTurn turn, ChannelReader<TRecord> records)
    {
        await foreach (var record in records.ReadAllAsync(CancellationToken.None))
            turn.Take(record);
    }
}
