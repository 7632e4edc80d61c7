using System.Threading.Channels;
using Bellhop.Agents.Processes;

namespace Bellhop.Agents;

/// <summary>One life of one agent process that speaks in lines: what it was told, how it is asked to stop.</summary>
internal abstract class AgentSession<TRecord, TTurn>(
    string name,
    ILineProcess process,
    LineConnection<TRecord> connection
) : IAsyncDisposable
    where TRecord : class
    where TTurn : ITurn<TRecord>
{
    // Only the latest matter: earlier ones are in the transcript since their replies.
    private const int MarkersKept = 16;

    private readonly List<string> _markers = [];
    private readonly Lock _lock = new();
    private volatile bool _dying;
    private string? _survivor;

    public int Pid => process.Pid;

    public virtual string? Version => process.Version;

    /// <summary>Provider and model, once ready, as far as it tells.</summary>
    public string? Model { get; protected set; }

    /// <summary>Completes when the process, and all it started, is gone. Faulted when one of them cannot be killed.</summary>
    public Task Closed => connection.Closed;

    public bool IsAlive => !_dying && !connection.Closed.IsCompleted;

    /// <summary>How it ended.</summary>
    public string LastWords => _survivor ?? connection.LastWords;

    /// <summary>Waits until it can take a prompt; null when it can, else why not.</summary>
    public abstract Task<string?> GetReadyAsync(TimeSpan limit, CancellationToken cancel);

    /// <summary>What will follow this prompt.</summary>
    public abstract TTurn NewTurn(Prompt prompt);

    /// <summary>Everything the agent says from now on.</summary>
    public ChannelReader<TRecord> BeginTurn() => connection.BeginTurn();

    /// <summary>Nobody listens any more.</summary>
    public void EndTurn() => connection.EndTurn();

    /// <summary>Gives the prompt; false when it could not be written, and then the process is of no more use.</summary>
    public abstract Task<bool> PromptAsync(TTurn turn, Prompt prompt);

    /// <summary>The turn has taken a record: remembers what it showed, asks what it leaves open.</summary>
    public abstract Task FollowAsync(TTurn turn, Prompt prompt);

    /// <summary>Stops the turn under way; true when nothing of it can still happen in the process.</summary>
    public abstract Task<bool> StopTurnAsync(TTurn turn, CancellationToken cancel);

    /// <summary>True when this process has taken the prompt with the marker.</summary>
    public bool Took(string marker)
    {
        lock (_lock)
            return _markers.Contains(marker);
    }

    /// <summary>Asks it to stop what it does, whoever told it to; bounded in time.</summary>
    public abstract Task AbortAsync(CancellationToken cancel);

    /// <summary>Ends the process in order.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        _dying = true;
        await process.StopAsync(cancel);
    }

    /// <summary>Ends the process at once.</summary>
    public async Task KillAsync()
    {
        _dying = true;
        try
        {
            await process.KillAsync();
            await connection.Closed;
        }
        catch (SpawnException e)
        {
            _survivor = e.Message; // letting go of this session will say so again, and no other is started before
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>It did not answer in time: ends it, and says what is known.</summary>
    protected async Task<string> SilentAsync(TimeSpan limit)
    {
        var died = Closed.IsCompleted;
        await KillAsync();
        return died
            ? $"{name} does not start: {LastWords}"
            : $"{name} did not answer within {limit.TotalSeconds:0} s: {LastWords}";
    }

    /// <summary>The process has dropped the prompt with the marker.</summary>
    protected void Forget(string marker)
    {
        lock (_lock)
            _markers.Remove(marker);
    }

    /// <summary>Remembers that the process has the prompt with the marker.</summary>
    protected void Remember(string marker)
    {
        lock (_lock)
        {
            if (_markers.Contains(marker))
                return;
            if (_markers.Count == MarkersKept)
                _markers.RemoveAt(0);
            _markers.Add(marker);
        }
    }
}
