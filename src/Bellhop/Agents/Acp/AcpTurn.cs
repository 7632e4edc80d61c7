using System.Text.Json;
using Bellhop.Permissions;

namespace Bellhop.Agents.Acp;

/// <summary>
/// One turn as an agent tells it over ACP. The protocol has no receipt: the first thing the agent does for the session
/// is one. The end is the response to our own <c>session/prompt</c>, and after it nothing of the turn can happen.
/// </summary>
/// <param name="promptId">The id of our request.</param>
/// <param name="session">The agent's name for the session; what concerns others is none of ours.</param>
/// <param name="notices">Tells its remarks from its reply.</param>
/// <param name="permissions">What it is told when it asks leave.</param>
/// <param name="answer">Answers a request for leave, where a person is asked.</param>
internal sealed class AcpTurn(
    string promptId,
    string session,
    AcpNotices notices,
    AgentPermissions permissions,
    Func<JsonElement, PermissionOption?, Task> answer
) : ITurn<AcpMessage>
{
    private const string Login = "log in with the agent's own program, or give it its key by agent.env";

    private readonly List<TurnSignal> _signals = [];
    private readonly Dictionary<string, string> _tools = new(StringComparer.Ordinal);
    private readonly AcpReply _reply = new();
    private bool _thinking;
    private bool _retrying;

    /// <summary>The id of our request.</summary>
    public string PromptId => promptId;

    /// <inheritdoc/>
    public bool Delivered { get; private set; }

    /// <summary>Refused: the agent keeps nothing of the prompt in its conversation.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>A model may be silent for minutes before its first word; the lane's deadline watches that.</summary>
    public TimeSpan Patience => Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    public TurnSignal.Ended? Ended { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<TurnSignal> Take(AcpMessage record)
    {
        _signals.Clear();
        if (record.Answers == promptId)
            Conclude(record);
        else if (record is { IsRequest: true, Method: AcpPermission.Method })
            OnPermission(record);
        else if (AcpUpdate.Read(record) is { } update && update.Session == session)
            OnUpdate(update);
        return _signals;
    }

    private void OnUpdate(AcpUpdate update)
    {
        switch (update.Kind)
        {
            case "agent_message_chunk":
                OnText(update);
                break;
            case "agent_thought_chunk":
                Deliver();
                Say(_thinking ? new TurnSignal.Alive() : new TurnSignal.Notice("thinking"));
                _thinking = true;
                break;
            case "tool_call" or "tool_call_update":
                Deliver();
                OnTool(update);
                break;
            case "plan":
                Deliver();
                Say(new TurnSignal.Alive());
                break;
        }
    }

    private void OnText(AcpUpdate update)
    {
        if (notices.Find(update) is { } notice)
        {
            if (notices.IsRetry(update))
            {
                _retrying = true;
                _reply.StartAnew();
            }
            Say(notice);
            return;
        }
        Deliver();
        _thinking = false;
        if (update.Text.Length == 0)
        {
            Say(new TurnSignal.Alive()); // agents hang usage numbers on an empty piece
            return;
        }
        _reply.Add(update.Text);
        Say(new TurnSignal.TextDelta(update.Text));
    }

    private void OnTool(AcpUpdate update)
    {
        var id = update.ToolCallId;
        if (!_tools.TryGetValue(id, out var name))
        {
            _tools[id] = name = update.Title ?? "tool";
            _reply.StartAnew();
            var input = update.Body.Member("rawInput");
            Say(
                new TurnSignal.ToolCall(
                    id,
                    name,
                    input.ValueKind == JsonValueKind.Object ? input : JsonElement.Parse("{}"u8)
                )
            );
        }
        var status = update.Body.Text("status");
        if (status is "completed" or "failed")
            Say(new TurnSignal.ToolResult(id, name, update.ToolText, status == "failed"));
        else
            Say(new TurnSignal.Alive());
    }

    private void OnPermission(AcpMessage request)
    {
        if (request.Params.Text("sessionId") != session)
            return;
        Deliver();
        _reply.StartAnew();
        var call = request.Params.Member("toolCall").Text("toolCallId") ?? "";
        var question = AcpPermission.Read(request.Params, _tools.GetValueOrDefault(call));
        Say(
            permissions == AgentPermissions.Ask
                ? new TurnSignal.PermissionAsked(question, option => answer(request.Id, option))
                : AcpPermission.NoticeOf(question, permissions)
        );
    }

    private void Conclude(AcpMessage response)
    {
        if (response.Error is { } error)
        {
            Ended = FailedBy(error);
            return;
        }
        Deliver();
        var reason = response.Result.Text("stopReason");
        IsRefused = reason == "refusal";
        Ended = reason switch
        {
            "end_turn" or "max_tokens" => Answered(cut: reason == "max_tokens"),
            "refusal" => TurnSignal.Ended.Failed(AgentFailureCause.Turn, "The agent refused the prompt."),
            "cancelled" => TurnSignal.Ended.Failed(
                AgentFailureCause.Stopped,
                "The turn was cancelled inside the agent."
            ),
            _ => TurnSignal.Ended.Failed(AgentFailureCause.Turn, $"The agent stopped for '{reason ?? "no reason"}'."),
        };
    }

    /// <summary>An error is no receipt, and no proof of the opposite: agents keep a prompt whose model failed (seen with qwen).</summary>
    private static TurnSignal.Ended FailedBy(AcpError error)
    {
        var failure = error.WantsLogin
            ? new AgentFailure(AgentFailureCause.Outage, $"{error.Words} ({Login})")
            : ModelErrors.Classify(error.Words, Login);
        return new TurnSignal.Ended(null, failure with { NeverTaken = error.IsRefusal });
    }

    private TurnSignal.Ended Answered(bool cut)
    {
        if (_reply.IsTooLong)
            return TurnSignal.Ended.Failed(AgentFailureCause.Turn, "The reply was longer than a reply can be.");
        if (_reply.Text is not { Length: > 0 } answer)
            return _retrying
                ? TurnSignal.Ended.Failed(AgentFailureCause.Outage, "The model failed in every attempt of the agent.")
                : TurnSignal.Ended.Failed(AgentFailureCause.Turn, "empty reply");
        if (cut)
            Say(new TurnSignal.Notice("the reply was cut at the model's output limit"));
        return TurnSignal.Ended.Answered(answer);
    }

    private void Deliver()
    {
        if (Delivered)
            return;
        Delivered = true;
        Say(new TurnSignal.Delivered());
    }

    private void Say(TurnSignal signal) => _signals.Add(signal);
}
