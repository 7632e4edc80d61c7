using System.Text.Json.Serialization;

namespace Bellhop.Diagnostics.Views;

/// <summary>What every refusal answers.</summary>
/// <param name="Error">Why.</param>
public sealed record ErrorDto(FaultDto Error);

/// <summary>Why something was refused.</summary>
/// <param name="Code">The stable code; docs/errors.md lists all.</param>
/// <param name="Message">For a person: what, and the mend.</param>
/// <param name="Field">The field at fault; in an array with its index, from 0: <c>[3].type</c>. Left out where none is.</param>
/// <param name="Reference">What to look for in the log, where it says more. Left out otherwise.</param>
public sealed record FaultDto(
    string Code,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reference = null
)
{
    /// <summary>Every fault of a configuration. Left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SettingFaultDto>? Faults { get; init; }
}

/// <summary>One thing wrong with the configuration; also a line of <c>bellhop config check --json</c>.</summary>
/// <param name="Key">The setting, or the unknown key.</param>
/// <param name="Value">What was given, secrets hidden; null where the value is not the matter.</param>
/// <param name="Where">The file and line, or the environment variable.</param>
/// <param name="Mend">What is wrong and what would be right.</param>
public sealed record SettingFaultDto(string Key, string? Value, string Where, string Mend);
