namespace Bellhop.Routing;

/// <summary>
/// Who is central. Where several gateways share one place for events, one of them is at a time; only it may run lanes.
/// </summary>
public interface ICentral
{
    /// <summary>True while this gateway is.</summary>
    bool IsHeld { get; }

    /// <summary>The term under way, or the next one as soon as it begins.</summary>
    Task<CentralTerm> TermAsync(CancellationToken cancel);

    /// <summary>
    /// Returns once this gateway may decide what belongs to nobody: when it is central or, where it has no agent that could
    /// be, while no other gateway is.
    /// </summary>
    Task MayDecideAsync(CancellationToken cancel);
}

/// <summary>A time for which this gateway is central.</summary>
/// <param name="Before">Who was central before, where that was another gateway whose transcripts we cannot read; null otherwise.</param>
/// <param name="Lost">
/// Cancelled when it is over, early enough to kill an agent before another gateway can begin. Until then nobody else works.
/// </param>
public sealed record CentralTerm(string? Before, CancellationToken Lost);

/// <summary>The only gateway there is: central for as long as it runs.</summary>
public sealed class SoleCentral : ICentral
{
    private static readonly CentralTerm Always = new(null, CancellationToken.None);

    /// <inheritdoc />
    public bool IsHeld => true;

    /// <inheritdoc />
    public Task<CentralTerm> TermAsync(CancellationToken cancel) => Task.FromResult(Always);

    /// <inheritdoc />
    public Task MayDecideAsync(CancellationToken cancel) => Task.CompletedTask;
}
