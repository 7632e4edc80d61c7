using System.Text.Json;
using Bellhop.Events;

namespace Bellhop.Cli.Commands;

/// <summary>An event ready to be handed in. Its id and time are set once, so that handing it in twice is harmless.</summary>
/// <param name="Name">Names its file in the spool; the id too, where the person gave none.</param>
/// <param name="Id">What makes it the same event.</param>
/// <param name="Body">Its bytes.</param>
internal sealed record PushedEvent(Ulid Name, string Id, byte[] Body)
{
    /// <exception cref="CommandException">No gateway would take it; exit code 4, or 2 for a bad session.</exception>
    public static PushedEvent Create(
        string type,
        string source,
        JsonElement? payload,
        string? origin,
        string? id,
        TimeProvider time
    )
    {
        if (origin is "")
            origin = null;
        if (origin is not null && !SessionId.TryParse(origin, out _) && !origin.Contains(':', StringComparison.Ordinal))
            throw new CommandException(
                $"'{Rendering.Printable.Line(origin)}' is not a session id: 1 to 128 of A-Z a-z 0-9 . _ - and one '/'.",
                ExitCode.Usage
            );
        var ulids = new UlidFactory(time);
        var name = ulids.Next();
        var e = new PushedEvent(
            name,
            id ?? name.ToString(),
            EventWriter.Write(id ?? name.ToString(), type, source, time.GetUtcNow(), payload, origin)
        );
        // The spool must hold nothing that the gateway would refuse later, when nobody is there to hear it.
        if (new EventReader(time, ulids).Read(e.Body, new EventDefaults()).Fault is { } fault)
            throw new CommandException($"Not accepted: {fault.Code}: {fault.Message}", ExitCode.NotAccepted);
        return e;
    }
}
