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
);
