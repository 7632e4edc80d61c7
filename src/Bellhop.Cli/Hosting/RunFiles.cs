using System.Text.Json.Nodes;
using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;

namespace Bellhop.Cli.Hosting;

/// <summary><c>run/endpoints.json</c>: there once events are accepted, gone after a clean stop.</summary>
internal static class RunFiles
{
    /// <summary>Says where we listen. Readers see the old file or the new one, never half of it.</summary>
    public static void Announce(Home home, GatewayFacts facts)
    {
        var text = new JsonObject
        {
            ["pid"] = Environment.ProcessId,
            ["http"] = facts.Http,
            ["resp"] = facts.Bus.Resp,
        }.ToJsonString(Json.Relaxed);
        var aside = $"{home.Endpoints}.{Environment.ProcessId}.tmp";
        File.WriteAllText(aside, text + "\n");
        File.Move(aside, home.Endpoints, overwrite: true);
    }

    /// <summary>Removes what is ours; what another process wrote in our place stays.</summary>
    public static void Withdraw(Home home)
    {
        if (!File.Exists(home.Endpoints))
            return;
        var pid = (int?)JsonNode.Parse(File.ReadAllText(home.Endpoints))?["pid"];
        if (pid == Environment.ProcessId)
            File.Delete(home.Endpoints);
        File.Delete(home.Socket);
    }
}
