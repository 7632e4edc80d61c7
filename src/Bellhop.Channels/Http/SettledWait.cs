using Bellhop.Store;
using Microsoft.Extensions.Hosting;

namespace Bellhop.Channels.Http;

/// <summary>Waits until nothing more will happen to an event by itself. Driven by the store's moves; never asks twice without one.</summary>
internal sealed class SettledWait(IEventStore store, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>The receipt once it is settled, or as it stands when the patience (or our own time) is over. Null if unknown.</summary>
    public async Task<Receipt?> ForAsync(string id, TimeSpan patience, CancellationToken cancel)
    {
        using var patient = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            cancel,
            patient.Token,
            lifetime.ApplicationStopping
        );
        while (true)
        {
            try
            {
                if (!await MovedAsync(id, either.Token))
                    return await store.FindAsync(id, cancel);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return await store.FindAsync(id, cancel);
            }
            catch (StoreException)
            {
                // Too many moves at once: what was missed stands in the receipt, so look again.
            }
            var receipt = await store.FindAsync(id, cancel);
            if (receipt is null or { IsSettled: true })
                return receipt;
        }
    }

    /// <summary>
    /// True when the receipt deserves another look, false when the store reports no more. Subscribes before it reads, or
    /// the last move could fall between.
    /// </summary>
    private async Task<bool> MovedAsync(string id, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var moves = store.WatchAsync(enough.Token).GetAsyncEnumerator(enough.Token);
        var next = moves.MoveNextAsync().AsTask();
        try
        {
            if (await store.FindAsync(id, cancel) is not { IsSettled: false } receipt)
                return true;
            while (await next)
            {
                if (moves.Current.Key == receipt.Event.Key && moves.Current.State.IsTerminal())
                    return true;
                next = moves.MoveNextAsync().AsTask();
            }
            return false;
        }
        finally
        {
            // An enumerator cannot be disposed while it moves.
            await enough.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
