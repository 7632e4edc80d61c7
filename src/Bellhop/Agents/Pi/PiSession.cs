using System.Text.Json;
using Bellhop.Agents.Processes;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Pi;

/// <summary>One life of one pi process: what it can, what it was told, how it is asked to stop.</summary>
internal sealed class PiSession(ILineProcess process, PiConnection connection, string modelsFile)
    : AgentSession<PiRecord, PiTurn>("pi", process, connection)
{
    // A healthy pi aborts in 3 to 10 ms, also with a model that hangs and in a tool.
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(5);

    private bool _settles;

    /// <param name="process">pi.</param>
    /// <param name="modelsFile">Where the person describes models to pi, as one would type it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what is out of order.</param>
    public PiSession(ILineProcess process, string modelsFile, TimeProvider time, ILogger logger)
        : this(process, new PiConnection(process, time, logger), modelsFile) { }

    /// <summary>Waits for its first answer; null when it can work, else why not and how to mend it.</summary>
    public override async Task<string?> GetReadyAsync(TimeSpan limit, CancellationToken cancel)
    {
        if (await connection.AskAsync("get_state", limit, cancel) is not { } state)
            return await SilentAsync(limit);
        Model = ModelOf(state);
        return Model is null
            ? $"pi has no usable model. Run `pi` once and log in (/login), or describe a provider in {modelsFile}."
            : null;
    }

    public override PiTurn NewTurn(Prompt prompt) => new(connection.NextId(), prompt.Marker, _settles);

    public override Task<bool> PromptAsync(PiTurn turn, Prompt prompt) =>
        connection.SendAsync(PiCommand.Prompt(turn.PromptId, prompt.Text), CancellationToken.None);

    public override async Task FollowAsync(PiTurn turn, Prompt prompt)
    {
        _settles |= turn.Settles;
        if (turn.Delivered)
            Remember(prompt.Marker);
        if (!turn.WantsState || turn.Ended is not null)
            return;
        turn.WantsState = false; // the question that a turn of an old pi depends on
        await connection.SendAsync(PiCommand.Plain(turn.StateId, "get_state"), CancellationToken.None);
    }

    public override async Task<bool> StopTurnAsync(PiTurn turn, CancellationToken cancel) =>
        // Before the receipt pi may still be making up its mind, and would start after an abort that found nothing to
        // abort. And after a compaction it may go on by itself.
        turn is { Delivered: true, IsCompacting: false }
        && await StopRunAsync(cancel);

    public override Task AbortAsync(CancellationToken cancel) => StopRunAsync(cancel);

    /// <summary>Stops the run under way, and what is queued behind it; true when pi says that it is idle now.</summary>
    private async Task<bool> StopRunAsync(CancellationToken cancel)
    {
        // An old pi does not know clear_queue and says so without an id; it had no queue of ours to forget.
        return await connection.SendAsync(PiCommand.Plain(connection.NextId(), "clear_queue"), cancel)
            && await connection.AskAsync("abort", AbortLimit, cancel) is { Success: true }
            // 0.73.1 may just have been about to start its next attempt when the abort found nothing under way.
            && await connection.AskAsync("get_state", AbortLimit, cancel) is { Success: true } state
            && !state.DataIs("isStreaming")
            && !state.DataIs("isCompacting");
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
