using System.Text.Json;
using Bellhop.Permissions;

namespace Bellhop.Agents;

/// <summary>What happens inside a turn, in order. Any signal is a sign of life.</summary>
public abstract record TurnSignal
{
    private TurnSignal() { }

    /// <summary>The agent's receipt: it has the prompt. At most once per turn, before the text.</summary>
    public sealed record Delivered : TurnSignal;

    /// <summary>Something moved that nobody needs to be told: a piece of thinking, of a tool's input or output.</summary>
    public sealed record Alive : TurnSignal;

    /// <summary>More of the answer.</summary>
    public sealed record TextDelta(string Text) : TurnSignal;

    /// <summary>The agent calls a tool.</summary>
    public sealed record ToolCall(string Id, string Name, JsonElement Input) : TurnSignal;

    /// <summary>A tool answered.</summary>
    public sealed record ToolResult(string Id, string Name, string Content, bool IsError) : TurnSignal;

    /// <summary>The agent works or waits in a way a person may want to know: thinking, retrying, compacting.</summary>
    public sealed record Notice(string Text) : TurnSignal
    {
        /// <summary>Silence is expected until then (a back-off), so the deadline must not count it.</summary>
        public TimeSpan QuietFor { get; init; }
    }

    /// <summary>
    /// The agent asks leave for a tool call and waits; it may go on with other things meanwhile. Whoever reads this has it
    /// answered, once: with one of its options or, for none of them, with null.
    /// </summary>
    public sealed record PermissionAsked(PermissionQuestion Question, Func<PermissionOption?, Task> Answer)
        : TurnSignal;

    /// <summary>The end: an answer, or why there is none. Always the last.</summary>
    public sealed record Ended(string? Answer, AgentFailure? Failure) : TurnSignal
    {
        /// <summary>The turn ended with an answer.</summary>
        public static Ended Answered(string answer) => new(answer, null);

        /// <summary>The turn ended without one.</summary>
        public static Ended Failed(AgentFailureCause cause, string message) =>
            new(null, new AgentFailure(cause, message));

        /// <summary>The turn ended without one, and the prompt is certain to have reached no conversation.</summary>
        public static Ended NeverTaken(AgentFailureCause cause, string message) =>
            new(null, new AgentFailure(cause, message) { NeverTaken = true });
    }
}
