namespace Bellhop.Agents.Processes;

/// <summary>A program wrote a line beyond what its protocol can need.</summary>
internal sealed class LineTooLongException(int limit)
    : BellhopException($"The agent wrote a line of more than {limit / (1024 * 1024)} MiB: that is not its protocol.");
