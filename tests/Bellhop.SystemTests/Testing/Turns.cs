using Bellhop.Agents;

namespace Bellhop.SystemTests.Testing;

/// <summary>Says things to an agent and listens.</summary>
internal static class Turns
{
    private static int s_last;

    public static Prompt NewPrompt(string text)
    {
        var marker = $"turn {Environment.ProcessId}-{Interlocked.Increment(ref s_last)} of Bellhop";
        return new Prompt($"{text}\n\n{marker}", marker);
    }

    public static async Task<List<TurnSignal>> SayAsync(
        this IAgent agent,
        Prompt prompt,
        CancellationToken stop = default
    )
    {
        var signals = new List<TurnSignal>();
        await foreach (var signal in agent.PromptAsync(prompt, stop))
            signals.Add(signal);
        return signals;
    }

    public static Task<List<TurnSignal>> SayAsync(this IAgent agent, string text) => agent.SayAsync(NewPrompt(text));

    public static TurnSignal.Ended End(this List<TurnSignal> signals) => signals[^1].ShouldBeOfType<TurnSignal.Ended>();

    public static async Task ReadyAsync(this IAgent agent) =>
        (await agent.EnsureReadyAsync(TestContext.Current.CancellationToken)).ShouldBeNull();
}
