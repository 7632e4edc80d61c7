namespace Bellhop.Agents.Pi;

/// <summary>A running pi as lines in and out.</summary>
internal interface IPiProcess : IAsyncDisposable
{
    /// <summary>Its process.</summary>
    int Pid { get; }

    /// <summary>What it says of itself; null when nobody knows.</summary>
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

/// <summary>Starts pi on the transcript of one session.</summary>
internal interface IPiLauncher
{
    /// <summary>The transcript.</summary>
    string Transcript { get; }

    /// <summary>Where the person describes models to pi, as one would type it.</summary>
    string ModelsFile { get; }

    /// <summary>Sees to it that no earlier process works on the transcript any more.</summary>
    Task ReapAsync(CancellationToken cancel);

    /// <summary>Starts it.</summary>
    /// <exception cref="BellhopException">It cannot be started; the message says why and how to mend it.</exception>
    Task<IPiProcess> LaunchAsync(CancellationToken cancel);
}
