using System.Threading.Channels;
using Bellhop.Redis.Resp;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>
/// Puts what we hear of changes in order. Every change has a number and is told twice to the gateway that made it, in
/// its answer and on the channel; whichever comes first counts. Where a number is missing for good, because it was
/// published while we did not hear, the counts are read again and readers of moves are told.
/// </summary>
internal sealed class StoreFeed(RedisStoreOptions options, LanePlaces lanes)
{
    // Answers that overtake one another are a few; more means that a number was missed and must be looked for.
    private const int MaxHeld = 1_024;

    // Two or three are many.
    private const int MaxStrangers = 100;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, StoreChange> _held = [];
    private readonly Channel<bool> _lookAgain = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    // Places that were heard of, are not ours, and need not be asked about again.
    private readonly HashSet<string> _strangers = [];

    private string? _place;
    private long _version;
    private bool _began;

    /// <summary>Who follows moves here.</summary>
    public ChangeFeed Readers { get; } = new();

    /// <summary>The counts as far as we have heard.</summary>
    public CachedCounts Counts { get; } = new();

    /// <summary>Says when the whole state must be read again.</summary>
    public ChannelReader<bool> Asked => _lookAgain.Reader;

    /// <summary>What was published before now may not have been heard.</summary>
    public void LookAgain() => _lookAgain.Writer.TryWrite(true);

    /// <summary>
    /// Takes the answer of one of our own calls: the place it was made in, and what it changed, if anything. Between the
    /// counts and the moves, which take longer and which fewer wait for, <paramref name="between"/> is done.
    /// </summary>
    public void Accept(string place, ReadOnlyMemory<byte> message, Action? between = null)
    {
        StoreChange? change = null;
        lock (_lock)
        {
            Enter(place);
            if (!message.IsEmpty)
                change = Count(ChangeHead.Read(message));
        }
        between?.Invoke();
        lock (_lock)
            Tell(change);
    }

    /// <summary>
    /// Takes what was published. Channels know no databases, so a place that is not ours is either that of another one or
    /// what ours became after a loss: only an answer of our own says which.
    /// </summary>
    public void Hear(ReadOnlyMemory<byte> message)
    {
        var head = ChangeHead.Read(message);
        lock (_lock)
        {
            if (head.Place == _place)
                Tell(Count(head));
            else if (_place is not null)
                AskAbout(head.Place);
        }
    }

    /// <summary>The number of the newest change that we know of.</summary>
    public long Version
    {
        get
        {
            lock (_lock)
                return _version;
        }
    }

    /// <summary>
    /// Takes the whole state, as the script <c>counts</c> answers it. <paramref name="known"/> is <see cref="Version"/> from
    /// before it was asked for; a lower one than that has lost what came in between.
    /// </summary>
    public void Accept(RespAggregate state, long known = 0)
    {
        var place = state.Items[0].ToString()!;
        var version = StoreReplies.Number(state.Items[2]);
        lock (_lock)
        {
            if (place.Length == 0 && !_began)
                return; // asked for before we made the place
            if (place == _place && version < known)
                GoBack(version);
            Enter(place);
            if (!_began)
                (_began, _version) = (true, version);
            Counts.Replace(
                version,
                StoreReplies.Number(state.Items[3]),
                StoreReplies.Number(state.Items[4]),
                StoreReplies.CountsOf((RespAggregate)state.Items[5])
            );
        }
        lanes.SignalAll();
    }

    /// <summary>The server came back with what it had some time ago: what is told from there on bears numbers that we had.</summary>
    private void GoBack(long version)
    {
        _version = version;
        _held.Clear();
        Counts.Clear();
        options.DataLost(
            "Redis came back without its newest changes: it was restored from an older file, or a fail-over lost them. "
                + "Events of that time may be missing; see `appendfsync` and `min-replicas-to-write` of the server."
        );
        Readers.Break("Redis lost its newest changes. Read on from a listing.");
    }

    /// <summary>Once each: asking is published, too, and two gateways would otherwise ask each other for ever.</summary>
    private void AskAbout(string place)
    {
        if (_strangers.Count >= MaxStrangers)
            _strangers.Clear();
        if (_strangers.Add(place))
            LookAgain();
    }

    /// <summary>Another id than before: all that we knew is gone from there.</summary>
    private void Enter(string place)
    {
        if (place == _place)
            return;
        var isLoss = _place is { Length: > 0 };
        (_place, _version) = (place, 0);
        _held.Clear();
        Counts.Clear();
        if (!isLoss)
            return;
        options.DataLost(
            "Everything that Bellhop kept in Redis is gone: it was flushed, or the server started without its data. "
                + "Events that were not finished are lost; switch on persistence (appendonly yes) and keep FLUSHALL away."
        );
        Readers.Break("The data in Redis was flushed. Read on from a listing.");
        LookAgain();
    }

    /// <summary>Null where that is no news.</summary>
    private StoreChange? Count(ChangeHead head)
    {
        if (head.Rest.IsEmpty)
            CatchUp(head.Version);
        if (head.Rest.IsEmpty || IsKnown(head.Version))
            return null;
        var change = StoreChange.Read(head);
        Counts.Apply(head.Version, change.Unfinished, change.Dead, change.Counts);
        return change;
    }

    private bool IsKnown(long version) => version <= _version || _held.ContainsKey(version);

    private void Tell(StoreChange? change)
    {
        // Between the two, others may have told the same, or of another place.
        if (change is null || change.Place != _place || IsKnown(change.Version))
            return;
        foreach (var move in change.Moves)
        {
            // Injecting too: a lane that waits may be the one it was leased to, by a call that it has no answer of.
            if (move.State is DeliveryState.Queued or DeliveryState.Injecting)
                lanes.Signal(move.Session);
        }
        _held.Add(change.Version, change);
        PublishHeld();
        if (_held.Count > MaxHeld)
            LookAgain();
    }

    private void PublishHeld()
    {
        while (_held.Remove(_version + 1, out var next))
        {
            _version++;
            Readers.Publish(next.Moves);
        }
    }

    /// <summary>Whatever was published up to this number was published before: what we do not have by now, we missed.</summary>
    private void CatchUp(long version)
    {
        var told = _version;
        while (_held.Count > 0 && _held.First() is { Key: var next } && next <= version)
        {
            Readers.Publish(_held[next].Moves);
            _held.Remove(next);
            told++;
        }
        var missed = told < version;
        _version = Math.Max(_version, version);
        PublishHeld();
        if (missed)
            Readers.Break("Moves were made while Redis was away from us. Read on from a listing.");
    }
}
