using System.Text;
using Bellhop.Redis.Commands;
using Bellhop.Redis.Resp;
using Bellhop.Routing;

namespace Bellhop.Redis.Listener;

/// <summary>
/// Who listens on which channel. A message goes to every subscriber in the order messages were published; nothing is
/// kept for those who come later. Channels are bytes; here each byte is one character.
/// </summary>
internal sealed class PubSub(RespStatistics statistics, KeyNames names, TerminalLeases terminals)
{
    private static readonly RespValue MessageWord = RespValue.Bulk("message");
    private static readonly RespValue PatternMessageWord = RespValue.Bulk("pmessage");

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<RespClient>> _channels = [];
    private readonly Dictionary<string, List<RespClient>> _patterns = [];

    public int ChannelCount
    {
        get
        {
            lock (_lock)
                return _channels.Count;
        }
    }

    public int PatternCount
    {
        get
        {
            lock (_lock)
                return _patterns.Count;
        }
    }

    public static string Name(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static byte[] Bytes(string name) => Encoding.Latin1.GetBytes(name);

    /// <summary>False where the client had subscribed already. Who listens on a session's notify channel counts as its terminal.</summary>
    public bool Subscribe(RespClient client, string channel) =>
        Add(_channels, client.Channels, client, channel) && Count(channel, 1);

    public bool SubscribePattern(RespClient client, string pattern) => Add(_patterns, client.Patterns, client, pattern);

    public bool Unsubscribe(RespClient client, string channel) =>
        Remove(_channels, client.Channels, client, channel) && Count(channel, -1);

    public bool UnsubscribePattern(RespClient client, string pattern) =>
        Remove(_patterns, client.Patterns, client, pattern);

    /// <summary>The client left.</summary>
    public void RemoveAll(RespClient client)
    {
        foreach (var channel in client.Channels.ToList())
            Unsubscribe(client, channel);
        foreach (var pattern in client.Patterns.ToList())
            UnsubscribePattern(client, pattern);
    }

    /// <summary>Sends to everyone who subscribed the channel or a pattern that matches it. Returns how many messages that were.</summary>
    public int Publish(string channel, ReadOnlyMemory<byte> body, bool toPatterns = true)
    {
        lock (_lock)
        {
            if (_channels.Count == 0 && _patterns.Count == 0)
                return 0;
            return PublishToChannel(channel, body) + (toPatterns ? PublishToPatterns(channel, body) : 0);
        }
    }

    private bool Count(string channel, int change)
    {
        if (names.SessionOfChannel(channel) is { } session)
            terminals.CountListener(session, change);
        return true;
    }

    private int PublishToChannel(string channel, ReadOnlyMemory<byte> body)
    {
        if (!_channels.TryGetValue(channel, out var subscribers))
            return 0;
        RespValue[] message = [MessageWord, RespValue.Bulk(Bytes(channel)), RespValue.Bulk(body)];
        subscribers.ForEach(s => Deliver(s, message));
        return subscribers.Count;
    }

    private int PublishToPatterns(string channel, ReadOnlyMemory<byte> body)
    {
        var sent = 0;
        foreach (var (pattern, subscribers) in _patterns)
        {
            if (!GlobPattern.Matches(pattern, channel))
                continue;
            RespValue[] message =
            [
                PatternMessageWord,
                RespValue.Bulk(Bytes(pattern)),
                RespValue.Bulk(Bytes(channel)),
                RespValue.Bulk(body),
            ];
            subscribers.ForEach(s => Deliver(s, message));
            sent += subscribers.Count;
        }
        return sent;
    }

    private void Deliver(RespClient subscriber, RespValue[] message)
    {
        if (!subscriber.Push(message))
            statistics.CountSlowSubscriber();
    }

    private bool Add(Dictionary<string, List<RespClient>> all, HashSet<string> own, RespClient client, string name)
    {
        lock (_lock)
        {
            if (!own.Add(name))
                return false;
            if (!all.TryGetValue(name, out var subscribers))
                all[name] = subscribers = [];
            subscribers.Add(client);
            return true;
        }
    }

    private bool Remove(Dictionary<string, List<RespClient>> all, HashSet<string> own, RespClient client, string name)
    {
        lock (_lock)
        {
            if (!own.Remove(name))
                return false;
            var subscribers = all[name];
            subscribers.Remove(client);
            if (subscribers.Count == 0)
                all.Remove(name);
            return true;
        }
    }
}
