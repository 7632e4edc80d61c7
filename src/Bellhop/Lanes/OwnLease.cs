using System.Text.Json;
using Bellhop.Agents;
using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Lanes;

/// <summary>The lease that other terminals read where an agent of ours has a session.</summary>
internal sealed class OwnLease(DateTimeOffset startedAt, Ulid nonce)
{
    /// <summary>As JSON, in the words of a terminal's lease.</summary>
    public ReadOnlyMemory<byte> Write(SessionId session, AgentStatus agent)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("sid", session.Value);
            json.WriteString("role", session.IsGateway ? "central" : "satellite");
            json.WriteString("kind", TerminalLease.Gateway);
            json.WriteString("agent", agent.Kind);
            json.WriteString("host", Environment.MachineName);
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteNumber("startedAt", startedAt.ToUnixTimeMilliseconds());
            json.WriteString("state", agent.Phase == AgentPhase.Busy ? "busy" : "idle");
            json.WriteString("model", agent.Model);
            json.WriteString("nonce", nonce.ToString());
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
