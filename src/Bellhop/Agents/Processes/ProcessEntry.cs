namespace Bellhop.Agents.Processes;

/// <summary>A living process.</summary>
/// <param name="Pid">Its number, which the system uses again after its end.</param>
/// <param name="Parent">Who started it, or took it over.</param>
/// <param name="Session">The leader of its session; 0 where the system does not say.</param>
/// <param name="Start">When it started, opaque; with the pid it names one process for good.</param>
internal sealed record ProcessEntry(int Pid, int Parent, int Session, string Start);
