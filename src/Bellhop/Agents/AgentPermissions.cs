namespace Bellhop.Agents;

/// <summary>What an agent gets to hear when it asks leave for a tool call.</summary>
public enum AgentPermissions
{
    /// <summary>No; the agent goes on without that call.</summary>
    Deny,

    /// <summary>Yes, for this one call; never for good.</summary>
    Allow,

    /// <summary>What a person says; no where nobody says anything in time.</summary>
    Ask,
}
