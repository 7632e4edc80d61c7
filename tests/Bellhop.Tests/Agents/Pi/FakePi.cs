using System.Text.Json;
using Bellhop.Agents.Pi;

namespace Bellhop.Tests.Agents.Pi;

/// <summary>A pi of lines, which answers <c>get_state</c> by itself.</summary>
internal sealed class FakePi : LineScript, IPiLauncher
{
    public string ModelId { get; set; } = "fake-1";

    public override string? Version => "9.9.9";

    public string ModelsFile => "/somewhere/models.json";

    public string Transcript { get; } = Path.Combine(Path.GetTempPath(), $"no-such-{Guid.NewGuid():N}.jsonl");

    protected override bool TakesItself(JsonElement told)
    {
        if (!Answers || told.GetProperty("type").GetString() != "get_state")
            return false;
        Say(State(told.GetProperty("id").GetString()!));
        return true;
    }

    private string State(string id) =>
        JsonSerializer.Serialize(
            new
            {
                id,
                type = "response",
                command = "get_state",
                success = true,
                data = new
                {
                    model = new { id = ModelId, provider = ModelId == "unknown" ? "unknown" : "fake" },
                    isStreaming = false,
                    isCompacting = false,
                },
            }
        );
}
