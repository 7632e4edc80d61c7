using Bellhop.Agents;
using Bellhop.Events;
using Bellhop.Permissions;

namespace Bellhop.Lanes;

/// <summary>What one turn asks leave for: each request is passed to a person, and none outlives the turn.</summary>
internal sealed class TurnPermissions(
    PermissionRequests requests,
    SessionId session,
    Ulid turn,
    TimeSpan limit,
    TurnDeadline deadline
)
{
    // A receipt is no log: the first say what happened, the rest are counted.
    private const int NotesKept = 5;

    private readonly Lock _lock = new();
    private readonly List<Task> _asked = [];
    private readonly List<string> _notes = [];
    private readonly CancellationTokenSource _over = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
    private int _settled;
    private int _denied;

    /// <summary>What a person should find on the receipt; null where nothing was asked.</summary>
    public string? Note
    {
        get
        {
            lock (_lock)
                return _settled == 0 ? null
                    : _settled == _notes.Count ? string.Join("; ", _notes)
                    : $"{string.Join("; ", _notes)}; and {_settled - _notes.Count} more";
        }
    }

    /// <summary>A turn that came to nothing may have done so because it was not allowed to work.</summary>
    public bool AnyDenied
    {
        get
        {
            lock (_lock)
                return _denied > 0;
        }
    }

    /// <summary>Passes a request on, and its answer back; waits for neither.</summary>
    public void Ask(TurnSignal.PermissionAsked asked)
    {
        _asked.RemoveAll(task => task.IsCompletedSuccessfully);
        _asked.Add(AskAsync(asked));
    }

    /// <summary>The turn is over. Returns when no request of it waits any more.</summary>
    public async Task EndAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_asked);
        _over.Dispose();
    }

    private async Task AskAsync(TurnSignal.PermissionAsked asked)
    {
        using var silence = deadline.WhileAsking();
        var outcome = await requests.AskAsync(session.Value, turn.ToString(), asked.Question, limit, _over.Token);
        Remember(asked.Question, outcome.Decision);
        await asked.Answer(outcome.Option);
    }

    private void Remember(PermissionQuestion question, PermissionDecision decision)
    {
        if (WordsOf(decision) is not { } words)
            return;
        lock (_lock)
        {
            _settled++;
            _denied += decision == PermissionDecision.Allowed ? 0 : 1;
            if (_notes.Count < NotesKept)
                _notes.Add($"asked leave for \"{question.Title}\": {words}");
        }
    }

    private string? WordsOf(PermissionDecision decision) =>
        decision switch
        {
            PermissionDecision.Allowed => "allowed",
            PermissionDecision.Denied => "denied",
            PermissionDecision.Expired => $"denied, because nobody answered within {limit}",
            PermissionDecision.Crowded => "denied, because too many requests wait already",
            _ => null,
        };
}
