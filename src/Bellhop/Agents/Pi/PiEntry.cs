using System.Text.Json;

namespace Bellhop.Agents.Pi;

/// <summary>One line of pi's session file.</summary>
internal sealed record PiEntry
{
    public string? Type { get; init; }

    /// <summary>Of the first line, which names the session; not used as text.</summary>
    public JsonElement Id { get; init; }

    public JsonElement Message { get; init; }
}
