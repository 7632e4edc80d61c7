using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Bellhop.Agents;
using Bellhop.Permissions;

namespace Bellhop.Tests.Testing;

/// <summary>
/// An agent that does what the test says, turn by turn; without a script it answers <c>ok</c>. Its transcript outlives
/// its deaths, and instances that share one are one agent across restarts of the gateway.
/// </summary>
internal sealed class ScriptedAgent(ScriptedAgent.Transcript transcript) : IAgent
{
    private readonly ConcurrentQueue<Func<Prompt, CancellationToken, IAsyncEnumerable<TurnSignal>>> _script = new();
    private readonly ConcurrentQueue<AgentFailure> _unready = new();
    private TaskCompletionSource _down = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _askedInVain = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isNeverReady;
    private readonly Channel<Prompt> _prompts = Channel.CreateBounded<Prompt>(1000);

    public ScriptedAgent()
        : this(new Transcript()) { }

    public AgentStatus Status { get; private set; } = new("scripted", AgentPhase.Idle);

    public Task WhenDown => _down.Task;

    public bool Stopped { get; private set; }

    /// <summary>Every prompt it was given, in order; waits for the next.</summary>
    public ChannelReader<Prompt> Prompts => _prompts.Reader;

    public ScriptedAgent ThenAnswer(string text) =>
        Then((prompt, _) => Signals(prompt, deliver: true, TurnSignal.Ended.Answered(text)));

    public ScriptedAgent ThenFail(AgentFailureCause cause, string message, bool delivered = true) =>
        Then((prompt, _) => Signals(prompt, delivered, TurnSignal.Ended.Failed(cause, message)));

    /// <summary>Takes the prompt without a receipt and fails.</summary>
    public ScriptedAgent ThenFailUnseen(AgentFailureCause cause, string message) =>
        Then(
            (prompt, _) =>
            {
                transcript.Add(prompt.Marker, null);
                return Signals(prompt, deliver: false, TurnSignal.Ended.Failed(cause, message));
            }
        );

    /// <summary>Turns the prompt away before it looks at it.</summary>
    public ScriptedAgent ThenTurnAway(AgentFailureCause cause, string message) =>
        Then((prompt, _) => Signals(prompt, deliver: false, TurnSignal.Ended.NeverTaken(cause, message)));

    /// <summary>The process dies although the final answer stands in the transcript already.</summary>
    public ScriptedAgent ThenDieAnswered(string answer) =>
        Then(
            (prompt, _) =>
            {
                transcript.Add(prompt.Marker, answer);
                return Signals(prompt, deliver: false, TurnSignal.Ended.Failed(AgentFailureCause.Died, "gone"));
            }
        );

    /// <summary>Takes the prompt and works until it is stopped.</summary>
    public ScriptedAgent ThenHang(params TurnSignal[] signs) =>
        Then((prompt, stop) => HangAsync(prompt, true, signs, stop));

    /// <summary>Takes the prompt without a receipt, and is silent until it is stopped.</summary>
    public ScriptedAgent ThenHangUnseen() => Then((prompt, stop) => HangAsync(prompt, false, [], stop));

    public ScriptedAgent ThenWait(Task until, string answer) => Then((prompt, _) => WaitAsync(prompt, until, answer));

    /// <summary>Asks leave, and ends as <paramref name="end"/> makes of the option's id that it is told.</summary>
    public ScriptedAgent ThenAsk(
        PermissionQuestion question,
        Func<Task<string>, CancellationToken, Task<TurnSignal.Ended>> end
    ) => Then((prompt, stop) => AskAsync(prompt, question, end, stop));

    public ScriptedAgent NotReady(params string[] messages)
    {
        foreach (var message in messages)
            _unready.Enqueue(new AgentFailure(AgentFailureCause.Outage, message));
        return this;
    }

    /// <summary>From now on it is asked to be ready and never is, until whoever asks gives up.</summary>
    public ScriptedAgent NeverReady()
    {
        _isNeverReady = true;
        return this;
    }

    /// <summary>It can be ready again.</summary>
    public void Recovers() => _isNeverReady = false;

    /// <summary>Completes when it is asked to be ready and never will be.</summary>
    public Task AskedInVain => _askedInVain.Task;

    /// <summary>How often it was brought up.</summary>
    public int Starts { get; private set; }

    public Task<AgentFailure?> EnsureReadyAsync(CancellationToken cancel)
    {
        if (_isNeverReady)
        {
            _askedInVain.TrySetResult();
            return new TaskCompletionSource<AgentFailure?>().Task.WaitAsync(cancel);
        }
        if (_unready.TryDequeue(out var failure))
            return Task.FromResult<AgentFailure?>(failure);
        if (Starts == 0 || _down.Task.IsCompleted)
            Starts++;
        if (_down.Task.IsCompleted)
            _down = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Task.FromResult<AgentFailure?>(null);
    }

    /// <summary>Its process dies while nobody asks anything of it.</summary>
    public void DieIdle() => _down.SetResult();

    public IAsyncEnumerable<TurnSignal> PromptAsync(Prompt prompt, CancellationToken stopTurn)
    {
        _prompts.Writer.TryWrite(prompt).ShouldBeTrue();
        return _script.TryDequeue(out var turn)
            ? turn(prompt, stopTurn)
            : Signals(prompt, deliver: true, TurnSignal.Ended.Answered("ok"));
    }

    public Task<Arrival> ArrivedAsync(string marker, CancellationToken cancel) =>
        Task.FromResult(transcript.Ask(marker));

    public Task StopAsync(CancellationToken cancel)
    {
        Stopped = true;
        if (cancel.IsCancellationRequested)
            _killed.TrySetResult();
        Status = Status with { Phase = AgentPhase.Stopped };
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ScriptedAgent Then(Func<Prompt, CancellationToken, IAsyncEnumerable<TurnSignal>> turn)
    {
        _script.Enqueue(turn);
        return this;
    }

    private async IAsyncEnumerable<TurnSignal> Signals(Prompt prompt, bool deliver, TurnSignal.Ended end)
    {
        await Task.Yield();
        if (deliver)
        {
            transcript.Add(prompt.Marker, end.Answer);
            yield return new TurnSignal.Delivered();
        }
        yield return end;
    }

    private async IAsyncEnumerable<TurnSignal> HangAsync(
        Prompt prompt,
        bool deliver,
        TurnSignal[] signs,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        transcript.Add(prompt.Marker, null);
        if (deliver)
            yield return new TurnSignal.Delivered();
        foreach (var sign in signs)
            yield return sign;
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(() => stopped.TrySetResult());
        yield return await Task.WhenAny(stopped.Task, _killed.Task) == stopped.Task
            ? TurnSignal.Ended.Failed(AgentFailureCause.Stopped, "stopped")
            : TurnSignal.Ended.Failed(AgentFailureCause.Died, "killed");
    }

    private async IAsyncEnumerable<TurnSignal> AskAsync(
        Prompt prompt,
        PermissionQuestion question,
        Func<Task<string>, CancellationToken, Task<TurnSignal.Ended>> end,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        transcript.Add(prompt.Marker, null);
        yield return new TurnSignal.Delivered();
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        yield return new TurnSignal.PermissionAsked(
            question,
            option =>
            {
                told.SetResult(option?.Id ?? "none");
                return Task.CompletedTask;
            }
        );
        yield return new TurnSignal.Alive();
        yield return await end(told.Task, stop);
    }

    private async IAsyncEnumerable<TurnSignal> WaitAsync(Prompt prompt, Task until, string answer)
    {
        transcript.Add(prompt.Marker, null);
        yield return new TurnSignal.Delivered();
        await until;
        transcript.Add(prompt.Marker, answer);
        yield return TurnSignal.Ended.Answered(answer);
    }

    /// <summary>What the agent remembers.</summary>
    internal sealed class Transcript
    {
        private readonly ConcurrentDictionary<string, string?> _turns = new();

        /// <summary>False: it keeps none and answers <c>unknown</c>.</summary>
        public bool CanBeAsked { get; init; } = true;

        public void Add(string marker, string? answer) => _turns[marker] = answer;

        public void Forget() => _turns.Clear();

        public Arrival Ask(string marker) =>
            !CanBeAsked ? new Arrival.Unknown()
            : _turns.TryGetValue(marker, out var answer) ? new Arrival.Yes(answer)
            : new Arrival.No();
    }
}
