namespace Bellhop.Agents.Acp;

/// <summary>What an agent is told once it runs.</summary>
/// <param name="Name">What it is called in messages: its program.</param>
/// <param name="Folder">The absolute path of the folder that it works in.</param>
/// <param name="Permissions">What it hears when it asks leave.</param>
/// <param name="File">What is kept of its session.</param>
internal sealed record AcpSettings(string Name, string Folder, AgentPermissions Permissions, AcpSessionFile File);
