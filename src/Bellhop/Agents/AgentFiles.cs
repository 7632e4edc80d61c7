using System.Security.Cryptography;
using System.Text;
using Bellhop.Agents.Processes;

namespace Bellhop.Agents;

/// <summary>Where in the home agents keep what. File names are hashes: a session id may hold a slash.</summary>
internal sealed class AgentFiles(string home)
{
    private readonly string _home = Path.GetFullPath(UserPath.Expand(home));

    /// <summary>The children we have.</summary>
    public string Ledger => Path.Combine(_home, "run", "agents.json");

    /// <summary>The folder that pi takes for its own.</summary>
    public string PiFolder => Path.Combine(_home, "agent", "pi");

    /// <summary>The transcript of a session.</summary>
    public string Transcript(string session) => Path.Combine(_home, "sessions", NameOf(session) + ".jsonl");

    /// <summary>What is kept of a session that an agent behind ACP keeps itself.</summary>
    public string AcpSession(string session) => Path.Combine(_home, "sessions", NameOf(session) + ".acp.json");

    /// <summary>What a session's agent writes to its standard error.</summary>
    public string ErrorLog(string session) => Path.Combine(_home, "logs", $"agent-{NameOf(session)[..8]}.log");

    private static string NameOf(string session) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)))[..32];
}
