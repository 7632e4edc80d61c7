using System.Text.Json;

namespace Bellhop.Agents.Pi;

/// <summary>
/// One turn as pi tells it: takes its records in order and says what they mean. Keeps no clock and writes nothing.
/// <para>
/// The receipt is our own text coming back as a user message; nothing before it concerns us, not even an
/// <c>agent_settled</c>. The end is the first <c>agent_settled</c> after it, where pi has that word (0.80.4 and newer).
/// An older pi only ends runs, and a retry or a compaction announces itself in the same tick as the end of a run: its
/// answer to a question asked at that moment comes after them, so <see cref="WantsState"/> asks one.
/// </para>
/// </summary>
/// <param name="promptId">The id of our prompt command.</param>
/// <param name="marker">The words of our prompt by which it is recognized.</param>
/// <param name="settles">True when this pi is known to say <c>agent_settled</c>.</param>
internal sealed class PiTurn(string promptId, string marker, bool settles) : ITurn<PiRecord>
{
    // Nothing is heard from pi while a model summarizes a whole conversation.
    private static readonly TimeSpan CompactionQuiet = TimeSpan.FromMinutes(5);

    // Keeps a strange pi from being asked for ever; the turn's deadline ends it then.
    private const int StateLooks = 100;

    private const string Login = "run `pi` once and log in, or give the provider a key in models.json";

    // From our line to its echo takes 3 ms; an extension that thinks about the input may take longer.
    private static readonly TimeSpan ReceiptLimit = TimeSpan.FromSeconds(60);

    private readonly List<TurnSignal> _signals = [];
    private readonly Dictionary<string, string> _tools = new(StringComparer.Ordinal);
    private PiMessage? _reply;
    private bool _othersTurn;
    private bool _running;
    private bool _waiting;
    private int _looks;

    /// <summary>pi summarizes the conversation, and may go on by itself afterwards: an abort would not end that.</summary>
    public bool IsCompacting { get; private set; }

    /// <summary>The id of our prompt command.</summary>
    public string PromptId => promptId;

    /// <inheritdoc/>
    public bool Delivered { get; private set; }

    /// <summary>This pi says <c>agent_settled</c>.</summary>
    public bool Settles { get; private set; } = settles;

    /// <summary>Ask <c>get_state</c> with <see cref="StateId"/> now, then reset this.</summary>
    public bool WantsState { get; set; }

    /// <summary>The id for <see cref="WantsState"/>.</summary>
    public string StateId { get; } = promptId + "-state";

    /// <summary>Silence is to be expected that long.</summary>
    public TimeSpan QuietFor { get; private set; }

    /// <inheritdoc/>
    public TimeSpan Patience => Delivered ? Timeout.InfiniteTimeSpan : ReceiptLimit + QuietFor;

    /// <inheritdoc/>
    public TurnSignal.Ended? Ended { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<TurnSignal> Take(PiRecord record)
    {
        _signals.Clear();
        QuietFor = TimeSpan.Zero;
        switch (record.Type)
        {
            case "response":
                OnResponse(record);
                break;
            case "message_start":
                OnMessageStart(record);
                break;
            case "message_end" when Delivered && !_othersTurn:
                OnMessageEnd(PiMessage.Read(record.Message));
                break;
            case "message_update" when Delivered:
                OnDelta(record.AssistantMessageEvent);
                break;
            case "agent_settled":
                Settles = true;
                if (Delivered)
                    Conclude();
                break;
            default:
                OnProgress(record);
                break;
        }
        return _signals;
    }

    private void OnResponse(PiRecord record)
    {
        if (record.IdText == StateId)
            OnState(record);
        else if (record.IdText == promptId || (record.IdText is null && record.Command is "prompt" or "parse"))
            OnAccepted(record);
    }

    private void OnAccepted(PiRecord record)
    {
        var disposition = record.DataOf("disposition") is { ValueKind: JsonValueKind.String } value
            ? value.GetString()
            : null;
        Settles |= disposition is not null; // younger than agent_settled
        if (Delivered)
            return;
        if (record.Success != true)
            End(ModelErrors.Classify(record.ErrorText, Login));
        else if (disposition == "handled")
            End(
                new AgentFailure(AgentFailureCause.Turn, "An extension of pi took the prompt; the model never saw it.")
            );
    }

    private void OnState(PiRecord record)
    {
        if (!Delivered || Settles || _running || _waiting)
            return;
        var busy = record.DataIs("isStreaming") || record.DataIs("isCompacting");
        if (!busy)
            Conclude();
        else
            WantsState = ++_looks < StateLooks; // still winding down; a prompt now would be queued and never run
    }

    private void OnMessageStart(PiRecord record)
    {
        var message = PiMessage.Read(record.Message);
        if (message.Role is not ("user" or "custom"))
            return;
        if (Delivered)
            _othersTurn |= _reply is { IsFinalAnswer: true }; // what follows answers somebody else
        else if (message.Text.Contains(marker, StringComparison.Ordinal))
        {
            Delivered = _running = true;
            Say(new TurnSignal.Delivered());
        }
    }

    private void OnMessageEnd(PiMessage message)
    {
        if (message.Role == "assistant")
            _reply = message;
    }

    private void OnDelta(PiDelta? delta) =>
        Say(
            delta switch
            {
                { Type: "text_delta", Delta: { Length: > 0 } text } => new TurnSignal.TextDelta(text),
                { Type: "thinking_start" } => new TurnSignal.Notice("thinking"),
                _ => new TurnSignal.Alive(),
            }
        );

    private void OnProgress(PiRecord record)
    {
        switch (record.Type)
        {
            case "agent_start":
                (_running, _waiting, IsCompacting) = (true, false, false);
                break;
            case "agent_end":
                _running = false;
                LookWhetherOver();
                break;
            case "auto_retry_start":
                _waiting = true;
                Quiet($"retrying{Attempt(record)} after: {record.ErrorMessage}", record.DelayMs ?? 0);
                break;
            case "auto_retry_end":
                Resume(goesOn: record.Success == true);
                break;
            case "compaction_start":
                _waiting = IsCompacting = true;
                Quiet("compacting the conversation", CompactionQuiet.TotalMilliseconds);
                break;
            case "compaction_end":
                IsCompacting = record.WillRetry == true;
                Resume(goesOn: record.WillRetry == true);
                break;
            case "tool_execution_start" when Delivered:
                _tools[record.ToolCallId ?? ""] = record.ToolName ?? "";
                Say(new TurnSignal.ToolCall(record.ToolCallId ?? "", record.ToolName ?? "", InputOf(record)));
                break;
            case "tool_execution_end" when Delivered:
                Say(ToolResult(record));
                break;
            case "tool_execution_update":
                Say(new TurnSignal.Alive());
                break;
            case "extension_ui_request":
                Say(PiDialog.NoticeOf(record));
                break;
        }
    }

    private void Resume(bool goesOn)
    {
        _waiting = goesOn && !_running;
        if (!goesOn)
            LookWhetherOver();
    }

    private void LookWhetherOver() => WantsState |= Delivered && !Settles && !_running && !_waiting;

    private void Conclude()
    {
        switch (_reply)
        {
            case { IsFinalAnswer: true } or { StopReason: "toolUse", Text.Length: > 0 }:
                if (_reply.StopReason == "length")
                    Say(new TurnSignal.Notice("the reply was cut at the model's output limit"));
                Ended = TurnSignal.Ended.Answered(_reply.Text);
                break;
            case { StopReason: "error" }:
                End(ModelErrors.Classify(_reply.ErrorMessage, Login));
                break;
            case { StopReason: "aborted" }:
                End(new AgentFailure(AgentFailureCause.Stopped, "The turn was aborted inside pi."));
                break;
            default:
                End(new AgentFailure(AgentFailureCause.Turn, "empty reply"));
                break;
        }
    }

    private void End(AgentFailure failure) => Ended = new TurnSignal.Ended(null, failure);

    private void Say(TurnSignal? signal)
    {
        if (signal is not null)
            _signals.Add(signal);
    }

    private void Quiet(string text, double milliseconds)
    {
        QuietFor = TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, TimeSpan.FromHours(1).TotalMilliseconds));
        Say(new TurnSignal.Notice(text) { QuietFor = QuietFor });
    }

    private static string Attempt(PiRecord record) =>
        record is { Attempt: { } attempt, MaxAttempts: { } most } ? $" ({attempt} of {most})" : "";

    private TurnSignal.ToolResult ToolResult(PiRecord record)
    {
        var id = record.ToolCallId ?? "";
        _tools.Remove(id, out var name);
        return new TurnSignal.ToolResult(
            id,
            record.ToolName ?? name ?? "",
            PiMessage.TextOf(record.Result),
            record.IsError == true
        );
    }

    private static JsonElement InputOf(PiRecord record) =>
        record.Args.ValueKind == JsonValueKind.Undefined ? JsonElement.Parse("{}"u8) : record.Args;
}
