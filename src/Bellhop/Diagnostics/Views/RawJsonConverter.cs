using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bellhop.Diagnostics.Views;

/// <summary>
/// Writes JSON as its producer wrote it but for the blanks, so that it stays on one line. A value that the framework
/// would have to decode first (a lone surrogate, a number beyond double) passes unharmed.
/// </summary>
public sealed class RawJsonConverter : JsonConverter<JsonElement?>
{
    /// <inheritdoc />
    public override JsonElement? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : JsonElement.ParseValue(ref reader);

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, JsonElement? value, JsonSerializerOptions options)
    {
        if (value is { } element)
            writer.WriteRawValue(WithoutBlanks(JsonMarshal.GetRawUtf8Value(element)), skipInputValidation: true);
        else
            writer.WriteNullValue();
    }

    private static ReadOnlySpan<byte> WithoutBlanks(ReadOnlySpan<byte> json)
    {
        var kept = new ArrayBufferWriter<byte>(json.Length);
        var (inString, escaped) = (false, false);
        foreach (var b in json)
        {
            if (!inString && b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
                continue;
            if (b == '"' && !escaped)
                inString = !inString;
            escaped = b == '\\' && !escaped;
            kept.Write([b]);
        }
        return kept.WrittenSpan;
    }
}
