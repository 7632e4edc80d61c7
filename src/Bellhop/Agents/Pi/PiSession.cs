using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Pi;

/// <summary>One life of one pi process: what it can, what it was told, how it is asked to stop.</summary>
internal sealed class PiSession(IPiProcess process, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    // Only the latest matter: earlier ones are in the file since their replies.
    private const int MarkersKept = 16;

    private readonly PiConnection _connection = new(process, time, logger);
    private readonly Queue<string> _markers = new();
    private readonly Lock _lock = new();
    private volatile bool _dying;
    private string? _survivor;
    private bool _settles;

    public int Pid => process.Pid;

    public string? Version => process.Version;

    /// <summary>Provider and model, once ready.</summary>
    public string? Model { get; private set; }

    /// <summary>Completes when the process, and all it started, is gone. Faulted when one of them cannot be killed.</summary>
    public Task Closed => _connection.Closed;

    public bool IsAlive => !_dying && !_connection.Closed.IsCompleted;

    /// <summary>How it ended.</summary>
    public string LastWords => _survivor ?? _connection.LastWords;

    /// <summary>Waits for its first answer; null when it can work, else why not and how to mend it.</summary>
    public async Task<string?> GetReadyAsync(TimeSpan limit, string modelsFile, CancellationToken cancel)
    {
        if (await _connection.AskAsync("get_state", limit, cancel) is not { } state)
        {
            var died = _connection.Closed.IsCompleted;
            await KillAsync();
            return died
                ? $"pi does not start: {LastWords}"
                : $"pi did not answer within {limit.TotalSeconds:0} s: {LastWords}";
        }
        Model = ModelOf(state);
        return Model is null
            ? $"pi has no usable model. Run `pi` once and log in (/login), or describe a provider in {modelsFile}."
            : null;
    }

    public PiTurn NewTurn(Prompt prompt) => new(_connection.NextId(), prompt.Marker, _settles);

    public ChannelReader<PiRecord> BeginTurn() => _connection.BeginTurn();

    public void EndTurn() => _connection.EndTurn();

    /// <summary>Gives the prompt; false when it could not be written, and then the process is of no more use.</summary>
    public Task<bool> PromptAsync(PiTurn turn, Prompt prompt) =>
        _connection.SendAsync(PiCommand.Prompt(turn.PromptId, prompt.Text), CancellationToken.None);

    /// <summary>Puts the question that a turn of an old pi depends on.</summary>
    public async Task AskStateAsync(PiTurn turn)
    {
        turn.WantsState = false;
        await _connection.SendAsync(PiCommand.Plain(turn.StateId, "get_state"), CancellationToken.None);
    }

    /// <summary>Remembers what a turn showed about this pi.</summary>
    public void Learn(PiTurn turn, Prompt prompt)
    {
        _settles |= turn.Settles;
        if (turn.Delivered)
            Remember(prompt.Marker);
    }

    /// <summary>True when this process has taken the prompt with the marker.</summary>
    public bool Took(string marker)
    {
        lock (_lock)
            return _markers.Contains(marker);
    }

    /// <summary>Stops the run under way, and what is queued behind it; true when pi says that it is idle now.</summary>
    public async Task<bool> AbortAsync(TimeSpan limit, CancellationToken cancel)
    {
        // An old pi does not know clear_queue and says so without an id; it had no queue of ours to forget.
        return await _connection.SendAsync(PiCommand.Plain(_connection.NextId(), "clear_queue"), cancel)
            && await _connection.AskAsync("abort", limit, cancel) is { Success: true }
            // 0.73.1 may just have been about to start its next attempt when the abort found nothing under way.
            && await _connection.AskAsync("get_state", limit, cancel) is { Success: true } state
            && !state.DataIs("isStreaming")
            && !state.DataIs("isCompacting");
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        _dying = true;
        await process.StopAsync(cancel);
    }

    public async Task KillAsync()
    {
        _dying = true;
        try
        {
            await process.KillAsync();
            await _connection.Closed;
        }
        catch (Processes.SpawnException e)
        {
            _survivor = e.Message; // letting go of this session will say so again, and no other is started before
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void Remember(string marker)
    {
        lock (_lock)
        {
            if (_markers.Contains(marker))
                return;
            if (_markers.Count == MarkersKept)
                _markers.Dequeue();
            _markers.Enqueue(marker);
        }
    }

    /// <summary>pi says <c>unknown</c> where it has no login and no models, and answers all the same.</summary>
    private static string? ModelOf(PiRecord state)
    {
        if (state.DataOf("model") is not { ValueKind: JsonValueKind.Object } model)
            return null;
        var (provider, id) = (Name(model, "provider"), Name(model, "id"));
        return provider is null or "unknown" || id is null or "unknown" ? null : $"{provider}/{id}";
    }

    private static string? Name(JsonElement model, string name) =>
        model.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
