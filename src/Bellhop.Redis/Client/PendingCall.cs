using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>Commands that were sent together and wait for their replies.</summary>
internal sealed class PendingCall(IReadOnlyList<RedisCommand> commands)
{
    private readonly TaskCompletionSource<IReadOnlyList<RespValue>> _done = new(
        commands.All(c => c.IsUrgent) ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously
    );

    private readonly List<RespValue> _replies = new(commands.Count);

    public IReadOnlyList<RedisCommand> Commands => commands;

    public Task<IReadOnlyList<RespValue>> Replies => _done.Task;

    /// <summary>When it was handed to the network.</summary>
    public long SentAt { get; set; }

    /// <summary>How long the server takes on purpose.</summary>
    public TimeSpan Blocks { get; } = commands.Aggregate(TimeSpan.Zero, (sum, c) => sum + c.Blocks);

    /// <summary>The reply it waits for comes as a push message.</summary>
    public bool AwaitsPush => commands[_replies.Count].IsSubscription;

    /// <summary>The reply that shows that another server must be asked; null while there is none.</summary>
    public RespError? WrongServer =>
        _replies.OfType<RespError>().FirstOrDefault(e => RedisErrors.IsWrongServer(RedisErrors.CodeOf(e.Text)));

    /// <summary>Takes the next reply. True when it was the last one.</summary>
    public bool Take(RespValue reply)
    {
        _replies.Add(reply);
        return _replies.Count == commands.Count;
    }

    /// <summary>Lets whoever waits for the replies go on.</summary>
    public void Answer() => _done.TrySetResult(_replies);

    public void Fail(RedisAwayException e) => _done.TrySetException(e);
}
