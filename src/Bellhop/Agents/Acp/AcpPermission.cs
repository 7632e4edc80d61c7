using System.Text.Json;

namespace Bellhop.Agents.Acp;

/// <summary>An agent's request for leave to call a tool, and our answer. Nobody is asked, so nothing waits.</summary>
internal static class AcpPermission
{
    /// <summary>The method by which agents ask.</summary>
    public const string Method = "session/request_permission";

    /// <summary>
    /// The option that the policy takes; null for none of them. Never one that lasts beyond this call, and never yes
    /// where there are several ways to say it: that is a choice between things, not a request for leave.
    /// </summary>
    public static string? Choose(JsonElement request, AgentPermissions policy)
    {
        var yes = OptionsOf(request, "allow_once");
        return policy == AgentPermissions.Allow && yes.Count == 1
            ? yes[0]
            : OptionsOf(request, "reject_once").FirstOrDefault();
    }

    /// <summary>What a person may want to know of it.</summary>
    public static TurnSignal.Notice NoticeOf(JsonElement request, AgentPermissions policy)
    {
        var allowed = Choose(request, policy) is { } option && OptionsOf(request, "allow_once").Contains(option);
        var call = request.Member("toolCall").Text("title") ?? "a tool call";
        return new TurnSignal.Notice(
            $"asked leave for \"{call}\"; agent.permissions {(allowed ? "gave" : "denied")} it"
        );
    }

    private static List<string> OptionsOf(JsonElement request, string kind) =>
        [
            .. request
                .Items("options")
                .Where(option => option.Text("kind") == kind)
                .Select(option => option.Text("optionId"))
                .OfType<string>(),
        ];
}
