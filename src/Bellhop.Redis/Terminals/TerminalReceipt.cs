using System.Text;
using System.Text.Json;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Terminals;

/// <summary>One row of <c>{prefix}:receipts</c>, on our listener and on a Redis.</summary>
/// <param name="Session">Whose terminal says it.</param>
/// <param name="State">injected, completed, queued or dead.</param>
/// <param name="KeyOrId">The event, where the terminal knows its name.</param>
/// <param name="Row">The event's row as the terminal read it.</param>
/// <param name="Turn">The terminal's own turn.</param>
/// <param name="Note">For the event's receipt.</param>
internal sealed record TerminalReceipt(
    SessionId Session,
    DeliveryState State,
    string? KeyOrId,
    ReadOnlyMemory<byte>? Row,
    Ulid? Turn,
    string? Note
)
{
    private const string Shape =
        """a receipt is {"session","state":"injected|completed|queued|dead","turn"} with one of "key", "id", "event".""";

    /// <summary>Reads a row; where it is no receipt, what is wrong with it, beginning with the code.</summary>
    public static (TerminalReceipt? Receipt, string? Fault) Read(ReadOnlyMemory<byte> row)
    {
        try
        {
            using var json = JsonDocument.Parse(row);
            var said = json.RootElement;
            return Fault(said) is { } fault ? (null, $"{fault}: {Shape}") : (Read(said), null);
        }
        catch (JsonException)
        {
            return (null, $"{Errors.NotJson.Code} This is not JSON: {Shape}");
        }
    }

    private static string? Fault(JsonElement said)
    {
        if (said.ValueKind != JsonValueKind.Object)
            return $"{Errors.BadField.Code} This is no object";
        foreach (var name in (string[])["session", "state", "key", "id", "event", "turn", "note"])
        {
            var value = LooseJson.Find(said, name);
            if (value is { ValueKind: not (JsonValueKind.String or JsonValueKind.Null) })
                return $"{Errors.BadField.Code} '{name}' is no text";
            // A note is for people, and cut anywhere: without it the receipt is a receipt all the same.
            if (name != "note" && !LooseJson.TryText(value, out _))
                return $"{Errors.BadCharacter.Code} '{name}' holds half a character";
        }
        return !SessionId.TryParse(Text(said, "session"), out _) ? $"{Errors.BadField.Code} 'session' is no session id"
            : DeliveryTransitions.ParseWord(Text(said, "state") ?? "") is not { } state
            || !TerminalReport.CanReport(state)
                ? $"{Errors.BadField.Code} 'state' is none that a terminal reports"
            : Text(said, "turn") is { } turn && !Ulid.TryParse(turn, out _)
                ? $"{Errors.BadField.Code} 'turn' is no ULID"
            : (Text(said, "key") ?? Text(said, "id") ?? Text(said, "event") ?? Text(said, "turn")) is null
                ? $"{Errors.BadField.Code} It names no event"
            : null;
    }

    /// <summary>Of what has no fault.</summary>
    private static TerminalReceipt Read(JsonElement said) =>
        new(
            SessionId.Parse(Text(said, "session")!),
            DeliveryTransitions.ParseWord(Text(said, "state")!)!.Value,
            Text(said, "key") ?? Text(said, "id"),
            Text(said, "event") is { } row ? (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(row) : null,
            Ulid.TryParse(Text(said, "turn"), out var turn) ? turn : null,
            Text(said, "note")
        );

    private static string? Text(JsonElement said, string name) =>
        LooseJson.Text(said, name) is { Length: > 0 } text ? text : null;
}
