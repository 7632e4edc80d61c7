using Bellhop.Redis.Bus;
using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;
using Bellhop.Routing;
using Bellhop.Store;

namespace Bellhop.Redis.Bridge;

/// <summary>
/// Who is central, for those who begin something with a term: they hear of it when what terminals had said before it
/// began is in the store. What one of them has answered would otherwise be told once more.
/// </summary>
internal sealed class SettledCentral(RedisBus bus, ReceiptIntake receipts, TimeProvider time) : ICentral
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc />
    public bool IsHeld => bus.Central.IsHeld;

    /// <inheritdoc />
    public Task MayDecideAsync(CancellationToken cancel) => bus.Central.MayDecideAsync(cancel);

    /// <inheritdoc />
    public async Task<CentralTerm> TermAsync(CancellationToken cancel)
    {
        while (true)
        {
            var term = await bus.Central.TermAsync(cancel);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, term.Lost);
            try
            {
                await SettleAsync(either.Token);
                await AbandonAsync(either.Token);
                return term;
            }
            catch (OperationCanceledException) when (term.Lost.IsCancellationRequested)
            {
                continue; // too late: the next one
            }
            catch (BellhopException e) when (e is RedisException || e.IsPassing)
            {
                await Task.Delay(TryAgain, time, cancel); // whoever keeps the connection says what is wrong with it
            }
        }
    }

    /// <summary>What the terminal that had central before us had in hand: its lease has ended, or we would not hold it.</summary>
    private async Task AbandonAsync(CancellationToken cancel)
    {
        var store = await bus.OpeningStore.WhenOpenAsync(cancel);
        await store.AbandonTerminalsAsync(TerminalReport.MayHaveBegun("its terminal is gone"), cancel);
    }

    /// <summary>As many as there are now; what is said from here on is said under this term. Another may take them at the same time.</summary>
    private async Task SettleAsync(CancellationToken cancel)
    {
        var count = await bus.Client.CallAsync(RedisCommand.Of("LLEN", bus.Keys.Receipts), cancel);
        for (var left = ((RespInteger)count).Value; left > 0; left--)
        {
            if (
                await bus.Client.CallAsync(RedisCommand.Of("LINDEX", bus.Keys.Receipts, -1), cancel) is not RespBulk row
            )
                return;
            await receipts.TakeAsync(row.Bytes, cancel);
        }
    }
}
