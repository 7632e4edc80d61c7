using System.Text.Json;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;

namespace Bellhop.Channels.Http;

/// <summary>A message that a person sends by hand.</summary>
internal sealed record PostedMessage(string Text, SessionId? Session, string? Thread)
{
    /// <summary>What we know about it: a person wrote it, and the id is ours. Its answer stands on the receipt.</summary>
    public static readonly EventDefaults Defaults = new()
    {
        Source = "http",
        Kind = EventKind.Person,
        TrustedId = true,
    };

    /// <summary>The message, or why it is none.</summary>
    public static (PostedMessage? Message, ReadFault? Fault) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(document.RootElement.Deserialize(BellhopJson.Default.MessageDto)!)
                : (null, new ReadFault(Errors.NotObject.Code, "A message is a JSON object: {\"text\":\"…\"}.", null));
        }
        catch (JsonException e) when (e.Path is { Length: > 2 } path)
        {
            return (null, Bad(path[2..], $"'{path[2..]}' is not a string."));
        }
        catch (JsonException e)
        {
            return (null, ReadResult.Bad(e).Fault);
        }
    }

    /// <summary>The event it becomes.</summary>
    public byte[] ToEvent(string id, DateTimeOffset now)
    {
        var payload = JsonSerializer.SerializeToElement(
            new MessageDto(Text, Session?.Value, Thread),
            BellhopJson.Plain.MessageDto
        );
        return EventWriter.Write(id, "message", "http", now, payload);
    }

    private static (PostedMessage? Message, ReadFault? Fault) Read(MessageDto dto)
    {
        if (string.IsNullOrWhiteSpace(dto.Text))
            return (null, Bad("text", "'text' is required: what you want to say."));
        if (dto.Thread is { Length: > EventLimits.MaxNameLength })
            return (null, Bad("thread", $"'thread' has more than {EventLimits.MaxNameLength} characters."));
        if (dto.Session is null)
            return (new PostedMessage(dto.Text, null, dto.Thread), null);
        return SessionId.TryParse(dto.Session, out var session)
            ? (new PostedMessage(dto.Text, session, dto.Thread), null)
            : (null, Bad("session", "'session' is not a session id; 'bellhop sessions' lists them."));
    }

    private static ReadFault Bad(string field, string message) => new(Errors.BadField.Code, message, field);
}
