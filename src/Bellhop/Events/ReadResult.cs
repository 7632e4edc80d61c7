using System.Text.Json;

namespace Bellhop.Events;

/// <summary>What a reader made of a producer's bytes: an event, or why there is none.</summary>
/// <param name="Event">The event, unless the bytes cannot be read.</param>
/// <param name="Fault">What is wrong with them.</param>
public sealed record ReadResult(Event? Event, ReadFault? Fault)
{
    internal static ReadResult Bad(KnownError error, string message, string? field = null) =>
        new(null, new ReadFault(error.Code, message, field));

    /// <summary>Why the framework could not read it. It tells too deep apart by its message only.</summary>
    internal static ReadResult Bad(JsonException e) =>
        e.Message.Contains("maximum configured depth", StringComparison.Ordinal)
            ? Bad(Errors.TooDeep, $"The event nests deeper than {EventLimits.MaxDepth} levels. Flatten it.")
            : Bad(Errors.NotJson, $"The event is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
}

/// <summary>Why bytes are no event.</summary>
/// <param name="Code">The stable code of the error catalogue, <c>BH-4001</c> and so on.</param>
/// <param name="Message">For a person: what, and the mend.</param>
/// <param name="Field">The field at fault, if one is.</param>
public sealed record ReadFault(string Code, string Message, string? Field);
