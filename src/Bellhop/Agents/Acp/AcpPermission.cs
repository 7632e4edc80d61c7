using System.Text.Json;
using Bellhop.Permissions;

namespace Bellhop.Agents.Acp;

/// <summary>An agent's request for leave to call a tool, as it stands in a message.</summary>
internal static class AcpPermission
{
    /// <summary>The method by which agents ask.</summary>
    public const string Method = "session/request_permission";

    // A sentence, a word and some screenfuls; a person decides by these, and no list grows without end by them.
    private const int TitleLimit = 300;
    private const int WordLimit = 80;
    private const int InputLimit = 8000;

    // Nobody chooses among more. An id is given back as it came, so one that cannot be shown as it is cannot be offered;
    // and where one is missing the rest may mean something else, so then there is none.
    private const int MaxOptions = 32;
    private const int MaxId = 200;

    /// <summary>What it asks.</summary>
    /// <param name="request">The request's parameters.</param>
    /// <param name="known">What an earlier message called the tool call; null where none did.</param>
    public static PermissionQuestion Read(JsonElement request, string? known = null)
    {
        var call = request.Member("toolCall");
        var kind = call.Text("kind");
        return new PermissionQuestion(
            AgentText.Of(call.Text("title") ?? known ?? kind ?? "a tool call", TitleLimit),
            kind is null ? null : AgentText.Of(kind, WordLimit),
            InputOf(call) is { } input ? AgentText.Of(input, InputLimit) : null,
            OptionsOf(request)
        );
    }

    /// <summary>
    /// The option that a policy takes without asking anybody; null for none of them. Never one that lasts beyond this
    /// call.
    /// </summary>
    public static PermissionOption? Choose(PermissionQuestion question, AgentPermissions policy) =>
        policy == AgentPermissions.Allow && question.Allow is { } allow ? allow : question.Deny;

    /// <summary>What a person may want to know of what a policy chose.</summary>
    public static TurnSignal.Notice NoticeOf(PermissionQuestion question, AgentPermissions policy) =>
        new(
            $"asked leave for \"{question.Title}\"; agent.permissions "
                + $"{(Choose(question, policy) is { Allows: true } ? "gave" : "denied")} it"
        );

    /// <summary>What the tool is called with; for an edit agents may send its text instead.</summary>
    private static string? InputOf(JsonElement call) =>
        call.Member("rawInput") is { ValueKind: JsonValueKind.Object } input ? input.GetRawText()
        : call.Member("content") is { ValueKind: JsonValueKind.Array } content && content.GetArrayLength() > 0
            ? content.GetRawText()
        : null;

    private static List<PermissionOption> OptionsOf(JsonElement request)
    {
        var options = new List<PermissionOption>();
        foreach (var item in request.Items("options"))
        {
            if (item.Text("optionId") is not { } id || PermissionOption.ParseKind(item.Text("kind")) is not { } kind)
                continue;
            if (options.Count == MaxOptions || id.Length is 0 or > MaxId || AgentText.Of(id, MaxId + 1) != id)
                return [];
            options.Add(new PermissionOption(id, AgentText.Of(item.Text("name") ?? id, WordLimit), kind));
        }
        return options;
    }
}
