using System.Text;
using System.Text.Unicode;
using Bellhop.Events;
using Bellhop.Redis.Listener;

namespace Bellhop.Redis.Commands;

/// <summary>What a key means to us.</summary>
internal enum KeyRole
{
    /// <summary>An ordinary key, kept in the keyspace. <c>{prefix}:claims:{sid}</c> is such.</summary>
    Plain,

    /// <summary><c>{prefix}:events:{sid}</c>: a view of the store.</summary>
    EventList,

    /// <summary><c>{prefix}:gateway:sessions</c>: the session registry.</summary>
    Sessions,

    /// <summary><c>{prefix}:receipts</c>: what terminals say of events that they took.</summary>
    Receipts,
}

/// <summary>A key that a command names.</summary>
/// <param name="Text">Its name; for an event list with the session's alias resolved.</param>
/// <param name="Role">What it means.</param>
/// <param name="Session">The session of an event list or a lease.</param>
internal readonly record struct KeyName(string Text, KeyRole Role, SessionId Session)
{
    /// <summary>Its name as the client wrote it.</summary>
    public string Given { get; init; } = Text;

    /// <summary>
    /// <c>{prefix}:session:{sid}</c>, in every other way an ordinary key: while it lives, a terminal takes the session's
    /// events. The session's alias is resolved.
    /// </summary>
    public bool IsLease { get; init; }
}

/// <summary>Knows our keys by their names.</summary>
internal sealed class KeyNames(RespOptions options)
{
    /// <summary>A digest list of earlier gateways that only looks like a session's: <c>RPUSH joelclaw:events:batch</c>.</summary>
    private const string BatchList = "batch";

    private readonly string _events = options.Prefix + ":events:";
    private readonly string _notify = options.Prefix + ":notify:";
    private readonly string _sessions = options.Prefix + ":gateway:sessions";
    private readonly string _receipts = options.Prefix + ":receipts";
    private readonly string _lease = options.Prefix + ":session:";
    private readonly string _claims = options.Prefix + ":claims:";
    private readonly string _handover = options.Prefix + ":handover:";

    /// <summary>The channel on which is said that somebody took or left a session, or shall do so.</summary>
    public string News { get; } = options.Prefix + ":sessions";

    /// <summary>The other names under which clients wait for what central gets.</summary>
    public IReadOnlyList<string> GatewayAliasChannels { get; } =
    [options.Prefix + ":notify:main", options.Prefix + ":notify:central"];

    public string EventList(SessionId session) => _events + session.Value;

    public string Lease(SessionId session) => _lease + session.Value;

    /// <summary>The terminal that shall have a session next. To the keyspace an ordinary key.</summary>
    public string Handover(SessionId session) => _handover + session.Value;

    /// <summary>Where a terminal keeps what it has taken; by every name of the session.</summary>
    public IReadOnlyList<string> Claims(SessionId session) =>
        session.IsGateway ? [_claims + "gateway", _claims + "main", _claims + "central"] : [_claims + session.Value];

    public string NotifyChannel(SessionId session) => _notify + session.Value;

    /// <summary>The session whose notify channel this is, if it is one.</summary>
    public SessionId? SessionOfChannel(string channel) =>
        channel.StartsWith(_notify, StringComparison.Ordinal)
        && SessionId.TryParse(channel[_notify.Length..], out var session)
            ? session
            : null;

    /// <summary>Reads a key.</summary>
    /// <exception cref="CommandFault">It is no text, or the list of a session that cannot be.</exception>
    public KeyName Read(byte[] key)
    {
        if (!Utf8.IsValid(key))
            throw new CommandFault("ERR BH-4003 A key is valid UTF-8 text.");
        var text = Encoding.UTF8.GetString(key);
        if (text == _sessions)
            return new KeyName(text, KeyRole.Sessions, default);
        if (text == _receipts)
            return new KeyName(text, KeyRole.Receipts, default);
        if (
            text.StartsWith(_lease, StringComparison.Ordinal) && SessionId.TryParse(text[_lease.Length..], out var held)
        )
            return new KeyName(Lease(held), KeyRole.Plain, held) { IsLease = true };
        if (!text.StartsWith(_events, StringComparison.Ordinal) || text.AsSpan(_events.Length) is BatchList)
            return new KeyName(text, KeyRole.Plain, default);
        var id = text[_events.Length..];
        if (!SessionId.TryParse(id, out var session))
            throw new CommandFault(
                $"ERR '{id}' is not a session id: 1 to {SessionId.MaxLength} of A-Z a-z 0-9 . _ - and one '/'."
            );
        return new KeyName(EventList(session), KeyRole.EventList, session) { Given = text };
    }

    /// <summary>Reads a key that holds no event list and no sessions.</summary>
    /// <exception cref="CommandFault">It does: the command is for another kind.</exception>
    public string ReadPlain(byte[] key) =>
        Read(key) is { Role: KeyRole.Plain } plain ? plain.Text : throw CommandFault.WrongKind();

    /// <summary>True for a key that LPUSH and RPUSH append to the store.</summary>
    public bool IsEventList(byte[] key) =>
        Utf8.IsValid(key)
        && Encoding.UTF8.GetString(key) is var text
        && text.StartsWith(_events, StringComparison.Ordinal)
        && text.AsSpan(_events.Length) is not BatchList;
}
