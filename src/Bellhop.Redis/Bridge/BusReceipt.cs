using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Bridge;

/// <summary>What a terminal says of an event, as it stands on the list of receipts.</summary>
/// <param name="Session">Whose terminal.</param>
/// <param name="State">How far it is.</param>
/// <param name="Turn">The terminal's own turn.</param>
/// <param name="Name">The event's key or its producer's id; null where it has neither.</param>
/// <param name="Note">For the event's receipt.</param>
/// <param name="Row">The event itself; null where the terminal did not send it.</param>
internal sealed record BusReceipt(
    SessionId Session,
    DeliveryState State,
    Ulid? Turn,
    string? Name,
    string? Note,
    ReadOnlyMemory<byte>? Row
)
{
    /// <summary>
    /// The key of an event that no one named: the same for every receipt of the turn that took it, another for every
    /// other turn.
    /// </summary>
    public Ulid OwnKey(DateTimeOffset now)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var row = Row.GetValueOrDefault();
        byte[] words = [.. Encoding.UTF8.GetBytes($"{Session} {Turn}\n"), .. row.Span];
        SHA256.HashData(words, hash);
        var bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
        return Ulid.Create(Turn?.Time ?? now, bits & ((UInt128.One << 80) - 1));
    }

    /// <summary>Reads a row; what is wrong with it otherwise.</summary>
    public static (BusReceipt? Receipt, string? Fault) Read(ReadOnlyMemory<byte> row)
    {
        try
        {
            using var json = JsonDocument.Parse(row);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? Read(json.RootElement)
                : (null, "a receipt is a JSON object");
        }
        catch (JsonException e)
        {
            return (null, $"a receipt is JSON: {e.Message}");
        }
    }

    private static (BusReceipt?, string?) Read(JsonElement json)
    {
        if (!SessionId.TryParse(Text(json, "session"), out var session))
            return (null, "a receipt names its session");
        if (
            DeliveryTransitions.ParseWord(Text(json, "state") ?? "") is not { } state
            || !TerminalReport.CanReport(state)
        )
            return (null, "a receipt's state is injected, completed, queued or dead");
        var row = Text(json, "event") is { } text ? (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(text) : null;
        var name = Text(json, "key") ?? Text(json, "id");
        if (name is null && row is null)
            return (null, "a receipt names its event by key, id or event");
        Ulid? turn = Ulid.TryParse(Text(json, "turn"), out var ulid) ? ulid : null;
        return (new BusReceipt(session, state, turn, name, Text(json, "note"), row), null);
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
