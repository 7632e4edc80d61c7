using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Bellhop.Permissions;

/// <summary>
/// Questions of agents that wait for a person. Whoever can reach one reads <see cref="Open"/>, waits for
/// <see cref="Changed"/> and calls <see cref="Answer"/>; the first answer counts. In memory only: a question goes with its
/// turn, and the turn with its process.
/// </summary>
public sealed partial class PermissionRequests(TimeProvider time, ILogger<PermissionRequests> logger)
{
    /// <summary>Agents ask for a call or a few at once; more than a person can look through is denied at once.</summary>
    public const int Capacity = 50;

    // So many can still be told from ids that never were.
    private const int SettledKept = 200;

    // 31^6 ids, of which at most 250 are in use; without the letters that read like digits.
    private const string IdAlphabet = "23456789abcdefghjkmnpqrstuvwxyz";
    private const int IdLength = 6;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, Pending> _open = [];
    private readonly OrderedDictionary<string, PermissionDecision> _settled = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Those that wait, oldest first.</summary>
    public IReadOnlyList<PermissionRequest> Open
    {
        get
        {
            lock (_lock)
                return [.. _open.Values.Select(p => p.Request)];
        }
    }

    /// <summary>Completes when <see cref="Open"/> changes next. Taken before reading it, no change is missed.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    /// <summary>
    /// Asks, and returns when a person has answered, after <paramref name="limit"/>, or when
    /// <paramref name="cancel"/> says that the turn is over; that is an outcome too, not an exception.
    /// </summary>
    public async Task<PermissionOutcome> AskAsync(
        string session,
        string turn,
        PermissionQuestion question,
        TimeSpan limit,
        CancellationToken cancel
    )
    {
        if (cancel.IsCancellationRequested)
            return new PermissionOutcome(PermissionDecision.Cancelled, null);
        if (Begin(session, turn, question, limit) is not { } pending)
            return new PermissionOutcome(PermissionDecision.Crowded, question.Deny);
        Log.Asked(logger, session, pending.Request.Id, turn, limit);
        await using var patience = time.CreateTimer(
            _ => Settle(pending, new PermissionOutcome(PermissionDecision.Expired, question.Deny)),
            null,
            limit,
            Timeout.InfiniteTimeSpan
        );
        await using var over = cancel.Register(() =>
            Settle(pending, new PermissionOutcome(PermissionDecision.Cancelled, null))
        );
        return await pending.Outcome.Task;
    }

    /// <summary>Answers a request with one of <see cref="PermissionQuestion.Answers"/>.</summary>
    public PermissionAnswer Answer(string id, string word)
    {
        Pending? pending;
        lock (_lock)
        {
            if (!_open.TryGetValue(id, out pending))
                return AnswerOfThePast(id);
        }
        if (!pending.Request.Question.TryFind(word, out var option))
            return new PermissionAnswer.NoSuchOption(pending.Request.Question.Answers);
        var decision = option is { Allows: true } ? PermissionDecision.Allowed : PermissionDecision.Denied;
        var outcome = new PermissionOutcome(decision, option);
        if (Settle(pending, outcome))
            return new PermissionAnswer.Taken(outcome);
        lock (_lock)
            return AnswerOfThePast(id);
    }

    private PermissionAnswer AnswerOfThePast(string id) =>
        _settled.TryGetValue(id, out var decision)
            ? new PermissionAnswer.TooLate(decision)
            : new PermissionAnswer.Unknown();

    private Pending? Begin(string session, string turn, PermissionQuestion question, TimeSpan limit)
    {
        lock (_lock)
        {
            if (_open.Count == Capacity)
                return null;
            var now = time.GetUtcNow();
            var pending = new Pending(new PermissionRequest(NewId(), session, turn, question, now, now + limit));
            _open.Add(pending.Request.Id, pending);
            SignalChange();
            return pending;
        }
    }

    /// <summary>False when it ended otherwise before.</summary>
    private bool Settle(Pending pending, PermissionOutcome outcome)
    {
        var id = pending.Request.Id;
        lock (_lock)
        {
            if (!_open.Remove(id))
                return false;
            if (_settled.Count == SettledKept)
                _settled.RemoveAt(0);
            _settled.Add(id, outcome.Decision);
            SignalChange();
        }
        Log.Settled(logger, id, pending.Request.Session, outcome.Decision);
        pending.Outcome.SetResult(outcome);
        return true;
    }

    private string NewId()
    {
        while (true)
        {
            var id = RandomNumberGenerator.GetString(IdAlphabet, IdLength);
            if (!_open.ContainsKey(id) && !_settled.ContainsKey(id))
                return id;
        }
    }

    private void SignalChange()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Pending(PermissionRequest Request)
    {
        public TaskCompletionSource<PermissionOutcome> Outcome { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(
            350,
            LogLevel.Warning,
            "The agent of {Session} asks leave for a tool call and waits: 'bellhop permissions' shows request {Id} of turn {Turn}; denied after {Limit}"
        )]
        public static partial void Asked(ILogger logger, string session, string id, string turn, TimeSpan limit);

        [LoggerMessage(351, LogLevel.Information, "Permission request {Id} of {Session} is settled: {Decision}")]
        public static partial void Settled(ILogger logger, string id, string session, PermissionDecision decision);
    }
}
