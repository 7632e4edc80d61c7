namespace Bellhop.Agents;

/// <summary>An agent was used against its contract.</summary>
public sealed class AgentException(string message) : BellhopException(message);
