using System.Text.Json.Nodes;

namespace Bellhop.Cli.Setup;

/// <summary>A value as somebody wrote it, not yet checked.</summary>
/// <param name="Value">The JSON; null for <c>null</c>.</param>
/// <param name="Origin">The file and line, the environment variable, or <c>default</c>.</param>
internal sealed record GivenValue(JsonNode? Value, string Origin)
{
    public const string Default = "default";
}
