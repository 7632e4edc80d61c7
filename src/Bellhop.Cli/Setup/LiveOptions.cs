namespace Bellhop.Cli.Setup;

/// <summary>What a reload came to.</summary>
/// <param name="Changed">Settings that hold their new value from now on.</param>
/// <param name="AtNextStart">Settings whose value waits for the next start, since whichever reload.</param>
internal sealed record ConfigurationChange(IReadOnlyList<string> Changed, IReadOnlyList<string> AtNextStart);

/// <summary>
/// The options that hold now. Whoever asks at each use follows a reload; for what a reload cannot change the answer stays
/// what it was at the start. Who must act on a change, and not only by the next use, waits for it.
/// </summary>
internal sealed class LiveOptions
{
    private readonly Lock _lock = new();
    private readonly Home _home;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private Configuration _running;
    private volatile State _state;
    private volatile TaskCompletionSource _changed = Fresh();

    private LiveOptions(Home home, IReadOnlyDictionary<string, string> environment)
    {
        (_home, _environment) = (home, environment);
        _running = Configuration.Load(home, environment);
        _state = new State(BellhopOptions.From(_running, home), []);
    }

    /// <summary>The options.</summary>
    public BellhopOptions Now => _state.Options;

    /// <summary>Settings whose value in the file is not the one that holds.</summary>
    public IReadOnlyList<string> AtNextStart => _state.AtNextStart;

    /// <summary>Ends when other options hold than at the time of the call.</summary>
    public Task NextChange => _changed.Task;

    /// <summary>Reads the configuration for the first time.</summary>
    /// <exception cref="ConfigurationException">It has faults.</exception>
    public static LiveOptions Load(Home home, IReadOnlyDictionary<string, string> environment) =>
        new(home, environment);

    /// <summary>Reads it again and takes over what can change. All of it or, where there is a fault, nothing.</summary>
    /// <exception cref="ConfigurationException">It has faults; nothing has changed.</exception>
    public ConfigurationChange Reload()
    {
        lock (_lock)
        {
            var read = Configuration.Load(_home, _environment, mustExist: true);
            // Also what waits for the next start must be good.
            BellhopOptions.From(read, _home);
            var next = read.Over(_running);
            var change = new ConfigurationChange(
                [.. next.DifferingFrom(_running).Select(s => s.Path)],
                [.. read.DifferingFrom(next).Select(s => s.Path)]
            );
            _running = next;
            _state = new State(BellhopOptions.From(next, _home), change.AtNextStart);
            if (change.Changed.Count > 0)
                Interlocked.Exchange(ref _changed, Fresh()).SetResult();
            return change;
        }
    }

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record State(BellhopOptions Options, IReadOnlyList<string> AtNextStart);
}
