using System.Runtime.CompilerServices;
using Bellhop.Agents.Processes;

namespace Bellhop.Agents;

/// <summary>
/// Any program, started once per turn: the prompt on its input, the answer on its output. It keeps no transcript.
/// </summary>
internal sealed class CommandAgent(Children children, ChildStart start) : IAgent
{
    private readonly RunMemory _runs = new();
    private ChildProcess? _child;
    private AgentFailure? _problem;

    public AgentStatus Status =>
        _child is { } child ? new AgentStatus("command", AgentPhase.Busy, child.Pid)
        : _problem is { } problem ? new AgentStatus("command", AgentPhase.Failed, Problem: problem.Message)
        : new AgentStatus("command", AgentPhase.Idle);

    public Task WhenDown { get; } = new TaskCompletionSource().Task;

    public async Task<AgentFailure?> EnsureReadyAsync(CancellationToken cancel)
    {
        try
        {
            await children.ReapAsync(cancel);
            return null; // that it can be started shows when it is
        }
        catch (Exception e) when (e is SpawnException or IOException or UnauthorizedAccessException)
        {
            return _problem = new AgentFailure(AgentFailureCause.Outage, e.Message);
        }
    }

    public async IAsyncEnumerable<TurnSignal> PromptAsync(
        Prompt prompt,
        [EnumeratorCancellation] CancellationToken stopTurn
    )
    {
        if (_child is not null)
            throw new AgentException("The command was given a prompt during a turn; one at a time.");
        _runs.Began(prompt.Marker);
        if (await StartAsync() is not { } child)
        {
            _runs.Ended(prompt.Marker);
            yield return new TurnSignal.Ended(null, _problem);
            yield break;
        }
        var run = new CommandRun(child);
        // Writing and reading at once: a program may answer before it has read all, and neither pipe is endless.
        var given = run.GiveAsync(prompt.Text);
        try
        {
            var read = run.ReadAsync(stopTurn);
            await Task.WhenAny(given, read);
            yield return new TurnSignal.Delivered();
            for (; await read is { } text; read = run.ReadAsync(stopTurn))
                yield return new TurnSignal.TextDelta(text);
            yield return await run.EndAsync(stopTurn);
        }
        finally
        {
            await child.DisposeAsync();
            await given;
            _runs.Ended(prompt.Marker);
            _child = null;
        }
    }

    public Task<Arrival> ArrivedAsync(string marker, CancellationToken cancel) =>
        Task.FromResult<Arrival>(_runs.IsOver(marker) ? new Arrival.No() : new Arrival.Unknown());

    public async Task StopAsync(CancellationToken cancel)
    {
        if (_child is { } child)
            await child.TerminateAsync(cancel);
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private async Task<ChildProcess?> StartAsync()
    {
        try
        {
            _problem = null;
            return _child = await children.StartAsync(start, CancellationToken.None);
        }
        catch (Exception e) when (e is SpawnException or IOException or UnauthorizedAccessException)
        {
            _problem = new AgentFailure(AgentFailureCause.Outage, e.Message) { NeverTaken = true };
            return null;
        }
    }
}
