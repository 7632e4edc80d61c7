using System.Text.Json;

namespace Bellhop.Agents.Acp;

/// <summary>What a <c>session/update</c> tells.</summary>
/// <param name="Session">The session it speaks of.</param>
/// <param name="Kind">agent_message_chunk, tool_call and others; new ones may come.</param>
/// <param name="Body">The rest.</param>
internal sealed record AcpUpdate(string Session, string Kind, JsonElement Body)
{
    /// <summary>The text of a chunk; empty where it holds none.</summary>
    public string Text => Body.Member("content").Text("text") ?? "";

    public string ToolCallId => Body.Text("toolCallId") ?? "";

    /// <summary>What a person calls the tool call; null where this update does not say.</summary>
    public string? Title => Body.Text("title") ?? Body.Text("kind");

    /// <summary>The texts that a tool call has brought.</summary>
    public string ToolText => string.Concat(Body.Items("content").Select(item => item.Member("content").Text("text")));

    /// <summary>The update in a message; null where it holds none.</summary>
    public static AcpUpdate? Read(AcpMessage message)
    {
        if (message is not { Method: "session/update", IsRequest: false })
            return null;
        var body = message.Params.Member("update");
        return message.Params.Text("sessionId") is { } session && body.Text("sessionUpdate") is { } kind
            ? new AcpUpdate(session, kind, body)
            : null;
    }
}
