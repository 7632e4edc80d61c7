using System.Text;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Tests.Testing;

/// <summary>Builds what most tests need, with everything that does not matter to them filled in.</summary>
internal static class Make
{
    public static readonly SessionId Gateway = SessionId.Gateway;

    public static SessionId Session(string id) => SessionId.Parse(id);

    public static UlidFactory Ulids(TimeProvider time) => new(time);

    /// <summary>An event that arrives now. Without an id it can never be a duplicate.</summary>
    public static Event Event(
        TimeProvider time,
        string? id = null,
        string type = "test",
        string source = "manual",
        EventKind kind = EventKind.Machine,
        string? replyTo = null,
        TimeSpan? window = null,
        string? body = null
    )
    {
        var key = new UlidFactory(time).Next();
        return new Event
        {
            Key = key,
            Id = id ?? key.ToString(),
            Type = type,
            Source = source,
            ArrivedAt = time.GetUtcNow(),
            Kind = kind,
            ReplyTo = replyTo,
            DedupeWindow = window ?? (id is null ? TimeSpan.Zero : DedupeWindows.Named),
            Body = Encoding.UTF8.GetBytes(body ?? $$"""{"type":"{{type}}"}"""),
        };
    }

    /// <summary>An event for sessions that are known.</summary>
    public static NewEvent New(Event e, params SessionId[] sessions) =>
        new(e, [.. (sessions is [] ? [Gateway] : sessions).Select(s => new Target(s))]);

    /// <summary>An event for a session that nobody has seen.</summary>
    public static NewEvent NewForUnknown(Event e, SessionId session) =>
        new(e, [new Target(session, Known: false, "not seen yet")]);
}
