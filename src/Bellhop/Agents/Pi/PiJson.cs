using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Pi;

/// <summary>Reads what pi writes, on the wire and in its session file: one JSON object per line.</summary>
internal static class PiJson
{
    /// <summary>The object on a line; false for anything else.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> line, [NotNullWhen(true)] out T? value)
        where T : class =>
        JsonLine.TryRead(line, (JsonTypeInfo<T>)PiJsonContext.Default.GetTypeInfo(typeof(T))!, out value);
}

// 512: arguments of a tool may nest as deep as a model likes; the default of 64 would lose the record.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 512)]
[JsonSerializable(typeof(PiRecord))]
[JsonSerializable(typeof(PiEntry))]
internal sealed partial class PiJsonContext : JsonSerializerContext;
