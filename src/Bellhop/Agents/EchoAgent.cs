using System.Runtime.CompilerServices;

namespace Bellhop.Agents;

/// <summary>Answers by itself, without a model and at once: for trying things out.</summary>
internal sealed class EchoAgent : IAgent
{
    // As a prompt lists events; see docs on prompts.
    private const string EventLine = "- **";
    private const int TextLimit = 200;

    public AgentStatus Status { get; } = new("echo", AgentPhase.Idle, Version: "built in");

    public Task WhenDown { get; } = new TaskCompletionSource().Task;

    public Task<AgentFailure?> EnsureReadyAsync(CancellationToken cancel) => Task.FromResult<AgentFailure?>(null);

    public async IAsyncEnumerable<TurnSignal> PromptAsync(
        Prompt prompt,
        [EnumeratorCancellation] CancellationToken stopTurn
    )
    {
        await Task.CompletedTask;
        var answer = $"echo: {Essence(prompt.Text)}";
        yield return new TurnSignal.Delivered();
        yield return new TurnSignal.TextDelta(answer);
        yield return TurnSignal.Ended.Answered(answer);
    }

    /// <summary>It keeps nothing, so whatever it was told can be told again.</summary>
    public Task<Arrival> ArrivedAsync(string marker, CancellationToken cancel) =>
        Task.FromResult<Arrival>(new Arrival.No());

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Essence(string text) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(EventLine, StringComparison.Ordinal)) is { } line
            ? line[2..].Trim()
            : text[..Math.Min(text.Length, TextLimit)];
}
