namespace Bellhop.Cli.Commands;

/// <summary>The API's paths that carry an id. An id is the producer's: it can hold anything.</summary>
internal static class Paths
{
    /// <summary>One event's receipt.</summary>
    public static string Event(string id) => $"/v1/events/{Uri.EscapeDataString(id)}";

    /// <summary>Gives its dead and dropped deliveries again.</summary>
    public static string Replay(string id) => $"{Event(id)}/replay";

    /// <summary>Puts its dead letters away.</summary>
    public static string Dismiss(string id) => $"{Event(id)}/dismiss";

    /// <summary>Changes who holds a session.</summary>
    public static string Handover(string session) => $"/v1/sessions/{Uri.EscapeDataString(session)}/handover";

    /// <summary>Answers what an agent asks leave for.</summary>
    public static string Permission(string id) => $"/v1/permissions/{Uri.EscapeDataString(id)}";
}
