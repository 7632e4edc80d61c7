namespace Bellhop.Cli.Commands;

/// <summary>The API's paths that carry an id. An id is the producer's: it can hold anything.</summary>
internal static class Paths
{
    /// <summary>One event's receipt.</summary>
    /// <exception cref="CommandException">No path can carry it.</exception>
    public static string Event(string id) =>
        id switch
        {
            "" => throw new CommandException("Say which event: its key or its id.", ExitCode.Usage),
            // To a path these are directions, also where they are escaped.
            "." or ".." => throw new CommandException(
                $"The id '{id}' cannot be asked for; ask for the event's key, which 'bellhop events --json' shows.",
                ExitCode.Usage
            ),
            _ => $"/v1/events/{Uri.EscapeDataString(id)}",
        };

    /// <summary>Gives its dead and dropped deliveries again.</summary>
    public static string Replay(string id) => $"{Event(id)}/replay";

    /// <summary>Puts its dead letters away.</summary>
    public static string Dismiss(string id) => $"{Event(id)}/dismiss";

    /// <summary>Changes who holds a session.</summary>
    public static string Handover(string session) => $"/v1/sessions/{Uri.EscapeDataString(session)}/handover";

    /// <summary>Answers what an agent asks leave for.</summary>
    public static string Permission(string id) => $"/v1/permissions/{Uri.EscapeDataString(id)}";
}
