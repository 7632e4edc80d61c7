namespace Bellhop.Bench.Ingest;

/// <summary>A way by which events become durable.</summary>
internal interface IIngest : IAsyncDisposable
{
    /// <summary>
    /// Takes one producer's connection. The function it returns writes one event and completes when it is acknowledged;
    /// it is called one at a time.
    /// </summary>
    Task<Func<int, Task>> ConnectAsync(CancellationToken cancel);
}

/// <summary>A kind of ingest and how it is started, fresh each time.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="StartAsync">Starts it; told how many producers there will be.</param>
internal sealed record IngestKind(string Name, Func<int, CancellationToken, Task<IIngest>> StartAsync);
