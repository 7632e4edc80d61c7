using System.Text.Json;
using Bellhop.Agents.Processes;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Acp;

/// <summary>One life of one agent process that speaks ACP, in the session that it had before wherever it can load it.</summary>
internal sealed partial class AcpSession(
    ILineProcess process,
    AcpConnection connection,
    AcpSettings settings,
    string? sought,
    TimeProvider time,
    ILogger logger
) : AgentSession<AcpMessage, AcpTurn>(settings.Name, process, connection)
{
    // Seen: 5 to 20 ms, also with a model that hangs; an agent that needs longer is killed.
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(5);

    private string _id = "";
    private string? _agent;
    private string? _version;
    private AcpNotices _notices = new(null, null);
    private Task<AcpMessage?>? _answered;

    /// <summary>What the agent calls itself, and its version.</summary>
    public override string? Version => _version is null ? _agent : $"{_agent} {_version}";

    /// <summary>What the replay of the session says about the prompt that was sought.</summary>
    public Arrival Arrival { get; private set; } = new Arrival.Unknown();

    /// <summary>The agent can load a session, so another process can be asked what stands in this one.</summary>
    public bool LoadsSessions { get; private set; }

    public override async Task<string?> GetReadyAsync(TimeSpan limit, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            return await OpenAsync(limit, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return await SilentAsync(limit);
        }
    }

    public override AcpTurn NewTurn(Prompt prompt) =>
        new(connection.NextId(), _id, _notices, settings.Permissions, connection.AnswerAsync);

    public override Task<bool> PromptAsync(AcpTurn turn, Prompt prompt)
    {
        connection.BeginAsking(_id);
        _answered = connection.Expect(turn.PromptId);
        return connection.SendAsync(AcpRequest.Prompt(turn.PromptId, _id, prompt.Text), CancellationToken.None);
    }

    public override async Task FollowAsync(AcpTurn turn, Prompt prompt)
    {
        if (turn.IsRefused)
            Forget(prompt.Marker);
        else if (turn.Delivered)
            Remember(prompt.Marker);
        if (turn.Ended is { Failure: null })
            Keep(prompt.Marker);
        if (turn.Ended is not null)
            await connection.EndAskingAsync();
    }

    public override Task<bool> StopTurnAsync(AcpTurn turn, CancellationToken cancel) => CancelAsync(cancel);

    public override Task AbortAsync(CancellationToken cancel) => CancelAsync(cancel);

    /// <summary>Asks the agent to stop; true when it has answered the prompt, and so is done with it.</summary>
    private async Task<bool> CancelAsync(CancellationToken cancel)
    {
        connection.IsStopping = true;
        try
        {
            if (_answered is not { } answered || !await connection.SendAsync(AcpRequest.Cancel(_id), cancel))
                return false;
            await connection.EndAskingAsync();
            return await answered.WaitAsync(CancelLimit, time, cancel) is not null;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<string?> OpenAsync(TimeSpan limit, CancellationToken cancel)
    {
        if (await connection.AskAsync(AcpRequest.Initialize, limit, cancel) is not { } hello)
            return await SilentAsync(limit);
        if (RefusalOf(hello) is { } refusal)
            return refusal;
        (_agent, _version) = (
            hello.Result.Member("agentInfo").Text("name"),
            hello.Result.Member("agentInfo").Text("version")
        );
        LoadsSessions = hello.Result.Member("agentCapabilities").Is("loadSession");
        if (LoadsSessions && settings.File.Read() is { } kept)
        {
            var loaded = await LoadAsync(kept, cancel);
            if (loaded is null)
                return await SilentAsync(limit);
            if (loaded.Error is null)
                return Opened(kept.SessionId, loaded);
            Log.SessionGone(logger, settings.Name, kept.SessionId, loaded.Error.Words);
        }
        return await BeginAsync(limit, cancel);
    }

    private async Task<string?> BeginAsync(TimeSpan limit, CancellationToken cancel)
    {
        var begun = await connection.AskAsync(id => AcpRequest.NewSession(id, settings.Folder), limit, cancel);
        if (begun is null)
            return await SilentAsync(limit);
        if (begun.Error is { } error)
            return error.WantsLogin
                ? $"{settings.Name} wants a login: {error.Words}. Log in with its own program, or give it its key by agent.env."
                : $"{settings.Name} opens no session: {error.Words}";
        if (begun.Result.Text("sessionId") is not { } id)
            return $"{settings.Name} opened a session without a name: that is not ACP version {AcpRequest.Version}.";
        settings.File.Write(new AcpSessionRecord(id, null));
        return Opened(id, begun);
    }

    private async Task<AcpMessage?> LoadAsync(AcpSessionRecord kept, CancellationToken cancel)
    {
        var (id, replay) = (connection.NextId(), new AcpReplay(sought, kept.Answered));
        var records = connection.BeginTurn();
        try
        {
            if (!await connection.SendAsync(AcpRequest.LoadSession(id, kept.SessionId, settings.Folder), cancel))
                return null;
            await foreach (var record in records.ReadAllAsync(cancel))
            {
                if (AcpUpdate.Read(record) is { } update)
                    replay.Take(update);
                if (record.Answers != id)
                    continue;
                Arrival = record.Error is null ? replay.Arrival : Arrival;
                return record;
            }
            return null;
        }
        finally
        {
            connection.EndTurn();
        }
    }

    private string? Opened(string id, AcpMessage response)
    {
        _id = id;
        if (sought is not null && Arrival is Arrival.Yes)
            Remember(sought);
        _notices = new AcpNotices(_agent, response.Result.Member("_meta").Member("piAcp").Text("startupInfo"));
        Model =
            response.Result.Member("models").Text("currentModelId")
            ?? response.Result.Items("configOptions").FirstOrDefault(o => o.Text("id") == "model").Text("currentValue");
        return null;
    }

    private string? RefusalOf(AcpMessage hello)
    {
        if (hello.Error is { } error)
            return $"{settings.Name} refuses to begin: {error.Words}";
        var version = hello.Result.Member("protocolVersion");
        return version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var v) && v == AcpRequest.Version
            ? null
            : $"{settings.Name} speaks version {version} of ACP; Bellhop speaks {AcpRequest.Version}. Use another version of it.";
    }

    private void Keep(string marker)
    {
        try
        {
            settings.File.Write(new AcpSessionRecord(_id, marker));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The marker that stands there already serves too, as long as the agent's history reaches back to it.
            Log.NotKept(logger, settings.Name, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            340,
            LogLevel.Warning,
            "{Agent} cannot load its session {Session}, so a new one begins: {Reason}"
        )]
        public static partial void SessionGone(ILogger logger, string agent, string session, string reason);

        [LoggerMessage(341, LogLevel.Warning, "The session of {Agent} could not be written down: {Reason}")]
        public static partial void NotKept(ILogger logger, string agent, string reason);
    }
}
