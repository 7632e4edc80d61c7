namespace Bellhop.Events;

/// <summary>What a reader made of a producer's bytes: an event, or why there is none.</summary>
/// <param name="Event">The event, unless the bytes cannot be read.</param>
/// <param name="Fault">What is wrong with them.</param>
public sealed record ReadResult(Event? Event, ReadFault? Fault)
{
    internal static ReadResult Bad(string code, string message, string? field = null) =>
        new(null, new ReadFault(code, message, field));
}

/// <summary>Why bytes are no event.</summary>
/// <param name="Code">The stable code of the error catalogue, <c>BH-4001</c> and so on.</param>
/// <param name="Message">For a person: what, and the mend.</param>
/// <param name="Field">The field at fault, if one is.</param>
public sealed record ReadFault(string Code, string Message, string? Field);
