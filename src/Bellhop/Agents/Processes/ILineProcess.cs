namespace Bellhop.Agents.Processes;

/// <summary>A running agent as lines in and out.</summary>
internal interface ILineProcess : IAsyncDisposable
{
    /// <summary>Its process.</summary>
    int Pid { get; }

    /// <summary>Its version, where its files tell it; null where it has to be asked.</summary>
    string? Version { get; }

    /// <summary>How it ended and the last it wrote to its standard error; for messages.</summary>
    string LastWords { get; }

    /// <summary>The next line, valid until the next call; null when the process has ended.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancel);

    /// <summary>Writes a line that ends with its newline.</summary>
    /// <exception cref="IOException">It reads no more.</exception>
    ValueTask WriteLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancel);

    /// <summary>Ends it in order, at the latest by force. Returns when it and all it started are dead.</summary>
    Task StopAsync(CancellationToken cancel);

    /// <summary>Kills it and all it started. Returns when they are dead.</summary>
    Task KillAsync();
}
