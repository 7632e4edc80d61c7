using System.Text.Json;
using Bellhop.Agents.Acp;

namespace Bellhop.Tests.Agents.Acp;

/// <summary>
/// An agent of lines: it opens and loads sessions by itself, as the properties say; the test writes what it says in a
/// turn and reads what it is told.
/// </summary>
internal sealed class FakeAcp : LineScript, IAcpLauncher
{
    private const string Session = "s-1";

    public bool LoadsSessions { get; set; } = true;

    public int ProtocolVersion { get; set; } = 1;

    public string Name { get; set; } = "fake-agent";

    /// <summary>What it replays when it loads a session: kind and text of updates.</summary>
    public List<(string Kind, string Text)> History { get; } = [];

    /// <summary>The error that opening or loading a session ends with; null for none.</summary>
    public string? NewError { get; set; }

    /// <inheritdoc cref="NewError"/>
    public string? LoadError { get; set; }

    /// <summary>The methods that were called when it came up, of all its lives.</summary>
    public List<string> Calls { get; } = [];

    public override string? Version => null;

    public JsonElement InitializeParams { get; private set; }

    /// <summary>Says one <c>session/update</c>; <paramref name="members"/> is JSON after its kind, with a leading comma.</summary>
    public void Update(string kind, string members, string session = Session) =>
        Say(
            $$$"""{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"{{{session}}}","update":{"sessionUpdate":"{{{kind}}}"{{{members}}} } } }"""
        );

    public void Text(string text, string kind = "agent_message_chunk") =>
        Update(kind, $$""","content":{"type":"text","text":{{JsonSerializer.Serialize(text)}}}""");

    /// <summary>Asks leave, with options whose ids are their kinds.</summary>
    public void AskLeave(int id, string kinds, string call = """ "title":"rm -r" """, string session = Session)
    {
        var options = kinds
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(kind => $$"""{"optionId":"id-{{kind}}","name":"n","kind":"{{kind}}"}""");
        Say(
            $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"session/request_permission","params":{"sessionId":"{{{session}}}","toolCall":{"toolCallId":"t",{{{call}}}},"options":[{{{string.Join(
                ',',
                options
            )}}}]}}"""
        );
    }

    public void Respond(string? id, string result) => Say($$"""{"jsonrpc":"2.0","id":"{{id}}","result":{{result}}}""");

    public void Fail(string? id, string error) => Say($$"""{"jsonrpc":"2.0","id":"{{id}}","error":{{error}}}""");

    /// <summary>Takes what belongs to coming up.</summary>
    protected override bool TakesItself(JsonElement told)
    {
        told.GetProperty("jsonrpc").GetString().ShouldBe("2.0");
        var method = told.TryGetProperty("method", out var named) ? named.GetString() : null;
        if (method is not ("initialize" or "session/new" or "session/load"))
            return false;
        Calls.Add(method);
        if (!Answers)
            return true;
        var id = told.GetProperty("id").GetString();
        if (method == "initialize")
        {
            InitializeParams = told.GetProperty("params").Clone();
            Respond(
                id,
                $$$"""{"protocolVersion":{{{ProtocolVersion}}},"agentInfo":{"name":"{{{Name}}}","version":"9.9.9"},"agentCapabilities":{"loadSession":{{{(LoadsSessions ? "true" : "false")}}} } }"""
            );
        }
        else if ((method == "session/new" ? NewError : LoadError) is { } error)
            Fail(id, error);
        else
            Open(method, id);
        return true;
    }

    private void Open(string method, string? id)
    {
        if (method == "session/load")
            History.ForEach(update => Text(update.Text, update.Kind));
        Respond(
            id,
            $$$"""{"sessionId":"{{{Session}}}","models":{"currentModelId":"fake/fake-1"},"_meta":{"piAcp":{"startupInfo":"banner\n"} } }"""
        );
    }
}
