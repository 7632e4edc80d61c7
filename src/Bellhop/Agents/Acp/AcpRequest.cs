using System.Text.Json;
using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Acp;

/// <summary>What we say to an agent: the client's half of ACP version 1.</summary>
internal static class AcpRequest
{
    /// <summary>The version of the protocol that we speak.</summary>
    public const int Version = 1;

    private const int MethodNotFound = -32601;

    /// <summary>Who we are, and that we offer it neither our files nor a terminal.</summary>
    public static byte[] Initialize(string id) =>
        Call(
            id,
            "initialize",
            json =>
            {
                json.WriteNumber("protocolVersion", Version);
                json.WriteStartObject("clientCapabilities");
                json.WriteStartObject("fs");
                json.WriteBoolean("readTextFile", false);
                json.WriteBoolean("writeTextFile", false);
                json.WriteEndObject();
                json.WriteBoolean("terminal", false);
                json.WriteEndObject();
                json.WriteStartObject("clientInfo");
                json.WriteString("name", "bellhop");
                json.WriteString("title", "Bellhop");
                json.WriteString("version", typeof(AcpRequest).Assembly.GetName().Version?.ToString(3));
                json.WriteEndObject();
            }
        );

    public static byte[] NewSession(string id, string folder) =>
        Call(id, "session/new", json => WriteFolder(json, folder));

    public static byte[] LoadSession(string id, string session, string folder) =>
        Call(
            id,
            "session/load",
            json =>
            {
                json.WriteString("sessionId", session);
                WriteFolder(json, folder);
            }
        );

    public static byte[] Prompt(string id, string session, string text) =>
        Call(
            id,
            "session/prompt",
            json =>
            {
                json.WriteString("sessionId", session);
                json.WriteStartArray("prompt");
                json.WriteStartObject();
                json.WriteString("type", "text");
                json.WriteString("text", text);
                json.WriteEndObject();
                json.WriteEndArray();
            }
        );

    /// <summary>Ends the turn under way; the prompt's own response says when it has.</summary>
    public static byte[] Cancel(string session) =>
        Message(json =>
        {
            json.WriteString("method", "session/cancel");
            json.WriteStartObject("params");
            json.WriteString("sessionId", session);
            json.WriteEndObject();
        });

    /// <summary>The answer to a request for leave: the option chosen, or none.</summary>
    public static byte[] Permission(JsonElement id, string? option) =>
        Message(json =>
        {
            json.WritePropertyName("id");
            id.WriteTo(json);
            json.WriteStartObject("result");
            json.WriteStartObject("outcome");
            json.WriteString("outcome", option is null ? "cancelled" : "selected");
            if (option is not null)
                json.WriteString("optionId", option);
            json.WriteEndObject();
            json.WriteEndObject();
        });

    /// <summary>The answer to a request that we do not serve.</summary>
    public static byte[] NotServed(JsonElement id, string method) =>
        Message(json =>
        {
            json.WritePropertyName("id");
            id.WriteTo(json);
            json.WriteStartObject("error");
            json.WriteNumber("code", MethodNotFound);
            json.WriteString("message", $"Bellhop does not serve {method}.");
            json.WriteEndObject();
        });

    private static void WriteFolder(Utf8JsonWriter json, string folder)
    {
        json.WriteString("cwd", folder);
        json.WriteStartArray("mcpServers");
        json.WriteEndArray();
    }

    private static byte[] Call(string id, string method, Action<Utf8JsonWriter> parameters) =>
        Message(json =>
        {
            json.WriteString("id", id);
            json.WriteString("method", method);
            json.WriteStartObject("params");
            parameters(json);
            json.WriteEndObject();
        });

    private static byte[] Message(Action<Utf8JsonWriter> members) =>
        JsonLine.Write(json =>
        {
            json.WriteString("jsonrpc", "2.0");
            members(json);
        });
}
