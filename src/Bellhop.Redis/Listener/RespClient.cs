using Bellhop.Redis.Commands;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Listener;

/// <summary>Which replies a client wants (CLIENT REPLY).</summary>
internal enum ReplyMode
{
    On,
    Off,

    /// <summary>The reply of CLIENT REPLY SKIP itself, which has none, comes first.</summary>
    SkipNext,
    Skipping,
}

/// <summary>What we know of one connected client. Its own loop writes it; others read it or push to it.</summary>
internal sealed class RespClient(
    long id,
    string address,
    string localAddress,
    DateTimeOffset connectedAt,
    RespOutput output,
    Action<string> abort
) : IKeyListener
{
    private volatile bool _watchBroken;
    private volatile bool _isDismissed;

    public long Id => id;

    /// <summary>host:port of the client.</summary>
    public string Address => address;

    /// <summary>Without the port.</summary>
    public string Host => address[..Math.Max(0, address.LastIndexOf(':'))];

    public string LocalAddress => localAddress;

    public DateTimeOffset ConnectedAt => connectedAt;

    public required DateTimeOffset LastCommandAt { get; set; }

    public string LastCommand { get; set; } = "NULL";

    public string Name { get; set; } = "";

    public RespVersion Version { get; set; } = RespVersion.Resp2;

    public bool IsAuthenticated { get; set; }

    public ReplyMode ReplyMode { get; set; }

    /// <summary>Set by QUIT: close once this reply is out.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>The commands since MULTI; null outside.</summary>
    public CommandQueue? Transaction { get; set; }

    public HashSet<string> Channels { get; } = [];

    public HashSet<string> Patterns { get; } = [];

    public HashSet<string> WatchedKeys { get; } = [];

    public int Subscriptions => Channels.Count + Patterns.Count;

    /// <summary>True when a watched key was written.</summary>
    public bool IsWatchBroken
    {
        get => _watchBroken;
        set => _watchBroken = value;
    }

    public void KeyTouched(string key) => _watchBroken = true;

    /// <summary>Writes one reply of the client's own command.</summary>
    public void Reply(RespValue reply)
    {
        if (ReplyMode == ReplyMode.On)
            output.Write(reply, Version);
    }

    /// <summary>A command has been answered: CLIENT REPLY SKIP covers the one after it.</summary>
    public void EndCommand() =>
        ReplyMode = ReplyMode switch
        {
            ReplyMode.SkipNext => ReplyMode.Skipping,
            ReplyMode.Skipping => ReplyMode.On,
            var same => same,
        };

    /// <summary>Writes a message that no command asked for. False: it takes none and is being disconnected for it now.</summary>
    public bool Push(IReadOnlyList<RespValue> message)
    {
        if (_isDismissed || output.TryPush(RespValue.Push(message), Version))
            return true;
        _isDismissed = true;
        abort("it does not read its messages");
        return false;
    }
}
