namespace Bellhop.Agents.Processes;

/// <summary>A program could not be started.</summary>
internal sealed class SpawnException(string message) : BellhopException(message);
