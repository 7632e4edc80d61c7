using System.Text.Json;
using Bellhop.Events;
using Bellhop.Redis.Commands;
using Bellhop.Store;

namespace Bellhop.Redis.Terminals;

/// <summary>One row of <c>{prefix}:receipts</c>.</summary>
/// <param name="Session">Whose terminal says it.</param>
/// <param name="State">injected, completed, queued or dead.</param>
/// <param name="KeyOrId">The event, where the terminal knows its name.</param>
/// <param name="Row">The event's row as the terminal read it.</param>
/// <param name="Turn">The terminal's own turn.</param>
/// <param name="Note">For the event's receipt.</param>
internal sealed record Receipt(
    SessionId Session,
    DeliveryState State,
    string? KeyOrId,
    string? Row,
    Ulid? Turn,
    string? Note
)
{
    private const string Shape =
        """a receipt is {"session","state":"injected|completed|queued|dead","turn"} with one of "key", "id", "event".""";

    /// <exception cref="CommandFault">It is no receipt; the message says why.</exception>
    public static Receipt Read(ReadOnlyMemory<byte> row)
    {
        try
        {
            using var json = JsonDocument.Parse(row);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? Read(json.RootElement)
                : throw Fault($"{Errors.BadField.Code} This is no object");
        }
        catch (JsonException)
        {
            throw Fault($"{Errors.NotJson.Code} This is not JSON");
        }
    }

    private static Receipt Read(JsonElement said)
    {
        var receipt = new Receipt(
            SessionId.TryParse(Text(said, "session"), out var session)
                ? session
                : throw Fault($"{Errors.BadField.Code} 'session' is no session id"),
            DeliveryTransitions.ParseWord(Text(said, "state") ?? "") is { } state && TerminalReport.CanReport(state)
                ? state
                : throw Fault($"{Errors.BadField.Code} 'state' is none that a terminal reports"),
            Text(said, "key") ?? Text(said, "id"),
            Text(said, "event"),
            TurnOf(said),
            Text(said, "note")
        );
        return receipt is { KeyOrId: null, Row: null, Turn: null }
            ? throw Fault($"{Errors.BadField.Code} It names no event")
            : receipt;
    }

    private static Ulid? TurnOf(JsonElement said)
    {
        if (Text(said, "turn") is not { } text)
            return null;
        return Ulid.TryParse(text, out var turn) ? turn : throw Fault($"{Errors.BadField.Code} 'turn' is no ULID");
    }

    private static string? Text(JsonElement said, string name)
    {
        if (!said.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw Fault($"{Errors.BadField.Code} '{name}' is no text");
    }

    private static CommandFault Fault(string what) => new($"ERR {what}: {Shape}");
}
