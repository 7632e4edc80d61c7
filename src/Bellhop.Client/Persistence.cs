namespace Bellhop.Client;

/// <summary>Tries again what may work a moment later, a bounded number of times.</summary>
internal sealed class Persistence(BellhopClientOptions options, TimeProvider time)
{
    /// <summary>The first good answer.</summary>
    /// <exception cref="BellhopClientException">There was none.</exception>
    public async Task<T> AskAsync<T>(
        Func<CancellationToken, Task<Attempt<T>>> attempt,
        string unavailable,
        CancellationToken cancel
    )
        where T : class
    {
        for (var number = 1; ; number++)
        {
            var (answer, trouble) = await OnceAsync(attempt, cancel);
            if (answer is not null)
                return answer;
            if (!trouble!.CanRetry || number >= options.Attempts)
                throw Give(trouble, unavailable);
            await Task.Delay(Delay(number, trouble.RetryAfter), time, cancel);
        }
    }

    /// <summary>The wait after the n-th attempt.</summary>
    public TimeSpan Delay(int number, TimeSpan? asked = null)
    {
        var doubled = options.FirstDelay * Math.Pow(2, Math.Min(number - 1, 30));
        var wait = asked > doubled ? asked.Value : doubled;
        return wait < options.MaxDelay ? wait : options.MaxDelay;
    }

    private async Task<Attempt<T>> OnceAsync<T>(
        Func<CancellationToken, Task<Attempt<T>>> attempt,
        CancellationToken cancel
    )
        where T : class
    {
        using var patience = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            return await attempt(either.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            var waited = $"No answer within {options.Timeout.TotalSeconds:0.#} s.";
            return new Trouble(null, waited, CanRetry: true) { Cause = e };
        }
    }

    private static BellhopClientException Give(Trouble trouble, string unavailable) =>
        trouble.Code is { } code
            ? new BellhopRefusedException(code, trouble.Message)
            : new BellhopUnavailableException($"{unavailable} ({trouble.Message})", trouble.Cause);
}
