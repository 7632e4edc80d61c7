using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Lanes;

/// <summary>
/// The agent's receipt for a prompt, on its way into the journal. It waits a moment for the turn to end, because a quick
/// answer can be written together with it, in one commit. A crash in that moment costs nothing: the journal says that
/// the prompt was on its way, and the transcript says whether it came.
/// </summary>
internal sealed class TurnReceipt(IEventStore store, Ulid turn, bool told, TimeProvider time) : IDisposable
{
    /// <summary>More than an answer without a model takes, and too little for a person to see.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private ITimer? _patience;
    private Task? _journalled;
    private bool _isOver;

    /// <summary>The agent has the prompt.</summary>
    public bool IsGiven => _patience is not null;

    /// <summary>The agent says that it has the prompt. Once is enough.</summary>
    public void Give() =>
        _patience ??= time.CreateTimer(_ => JournalUnlessOver(), null, Patience, Timeout.InfiniteTimeSpan);

    /// <summary>The turn ended badly: what the agent had stands in the journal before it is said what became of it.</summary>
    public Task JournalAsync()
    {
        lock (_lock)
            return Journalled();
    }

    /// <summary>The turn ended well. False when the caller has to journal the receipt with it, because nobody else will.</summary>
    public async Task<bool> WasJournalledAsync()
    {
        Task? journalled;
        lock (_lock)
            (_isOver, journalled) = (true, _journalled);
        if (journalled is null)
            return false;
        try
        {
            await journalled;
            return true;
        }
        catch (StoreException e) when (e.IsDiskFull)
        {
            return false; // the answer is worth more than the receipt, and takes it along when there is room
        }
    }

    public void Dispose() => _patience?.Dispose();

    private void JournalUnlessOver()
    {
        lock (_lock)
        {
            if (!_isOver)
                _ = Journalled(); // whose end WasJournalledAsync waits for
        }
    }

    /// <summary>Begun once. Under the lock.</summary>
    private Task Journalled() => _journalled ??= store.InjectedAsync(turn, told, null, CancellationToken.None);
}
