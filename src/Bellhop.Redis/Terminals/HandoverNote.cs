using System.Buffers;
using System.Text.Json;
using Bellhop.Routing;

namespace Bellhop.Redis.Terminals;

/// <summary><c>{prefix}:handover:{sid}</c>, which the terminals of both buses read.</summary>
internal static class HandoverNote
{
    /// <summary>Longer than nearly every turn; whom it names may be another terminal's person tomorrow.</summary>
    public static readonly TimeSpan Lapse = TimeSpan.FromHours(1);

    /// <summary>Its value: <c>{"to","nonce"}</c>.</summary>
    public static byte[] Write(TerminalLease next)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("to", next.Session.Value);
            json.WriteString("nonce", next.Nonce);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
