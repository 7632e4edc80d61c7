using System.Text.Json.Nodes;

namespace Bellhop.Bench.MockAgent;

/// <summary>Runs turns one at a time: the prompt into the transcript, a wait, the answer.</summary>
internal sealed class MockTurns(AgentWire wire, Transcript transcript, MockAgentOptions options, TimeProvider time)
    : IDisposable
{
    private readonly Lock _lock = new();
    private Task _turn = Task.CompletedTask;
    private CancellationTokenSource? _abort;

    public bool IsStreaming
    {
        get
        {
            lock (_lock)
                return _abort is not null;
        }
    }

    /// <summary>Takes a prompt. False while another turn is under way.</summary>
    public bool TryStart(JsonNode? id, string text)
    {
        lock (_lock)
        {
            if (_abort is not null)
                return false;
            _abort = new CancellationTokenSource();
        }
        var user = wire.UserMessage(text);
        transcript.Append(user);
        wire.Send(
            AgentWire.Response(id, "prompt", new JsonObject { ["disposition"] = "started" }),
            AgentWire.Plain("agent_start"),
            AgentWire.Plain("turn_start"),
            AgentWire.About("message_start", user),
            AgentWire.About("message_end", user),
            AgentWire.About("message_start", wire.AssistantMessage(null, "pending"))
        );
        if (options.Turn == TimeSpan.Zero)
            End(user, aborted: false);
        else
            _turn = ThinkAsync(user, _abort!.Token);
        return true;
    }

    /// <summary>Stops the turn under way, if there is one, and waits until it has settled.</summary>
    public void Abort()
    {
        lock (_lock)
            _abort?.Cancel();
        _turn.GetAwaiter().GetResult();
    }

    public void Dispose() => _abort?.Dispose();

    private async Task ThinkAsync(JsonObject user, CancellationToken abort)
    {
        try
        {
            await Task.Delay(options.Turn, time, abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            End(user, abort.IsCancellationRequested);
        }
    }

    private void End(JsonObject user, bool aborted)
    {
        var answer = wire.AssistantMessage(aborted ? null : options.Reply, aborted ? "aborted" : "stop");
        transcript.Append(answer);
        lock (_lock)
        {
            _abort!.Dispose();
            _abort = null;
        }
        wire.Send(
            AgentWire.About("message_end", answer),
            AgentWire.Plain("turn_end"),
            AgentWire.AgentEnd(user, answer),
            AgentWire.Settled(aborted)
        );
    }
}
