using System.Text.Json.Nodes;

namespace Bellhop.SystemTests.Testing;

/// <summary>Agents from npm that speak ACP, as <c>eng/install-parts</c> installed them, on the scripted model.</summary>
internal static class RealAcp
{
    /// <summary>pi behind ACP; it starts the <c>pi</c> that it finds on its path.</summary>
    public const string PiAcp = "pi-acp";

    /// <summary>An agent of its own kind that asks leave before it runs a command.</summary>
    public const string Qwen = "qwen";

    /// <summary>The agent's session as the home keeps it.</summary>
    public static string SessionOf(GatewayHome home) =>
        (string)JsonNode.Parse(File.ReadAllText(SessionFile(home)))!["sessionId"]!;

    /// <summary>A home whose agent is that one.</summary>
    public static GatewayHome WithAcp(this GatewayHome home, string agent, FakeModel model, string permissions = "deny")
    {
        home.Set("PI_CODING_AGENT_DIR", RealPi.WriteAgentFolder(home.Beside, model));
        home.Set("PI_OFFLINE", "1");
        var work = Directory.CreateDirectory(home.Beside.Inside("work")).FullName;
        var command = new JsonArray(Repository.Part($"bin/{agent}"));
        if (agent == Qwen)
            command.Add("--acp");
        return home.WithConfig(
            new JsonObject
            {
                ["kind"] = "acp",
                ["command"] = command,
                ["cwd"] = work,
                ["permissions"] = permissions,
                ["readyTimeout"] = "2m",
                ["env"] = new JsonObject
                {
                    ["PATH"] = $"{Repository.Part("bin")}:{home.Environment["PATH"]}",
                    ["OPENAI_API_KEY"] = "dummy",
                    ["OPENAI_BASE_URL"] = model.BaseUrl,
                    ["OPENAI_MODEL"] = "fake-1",
                },
            }
        );
    }

    private static string SessionFile(GatewayHome home) =>
        Directory.GetFiles(Path.Combine(home.Path, "sessions"), "*.acp.json").Single();
}
