namespace Bellhop.Agents;

/// <summary>Which program does the turns.</summary>
public enum AgentKind
{
    /// <summary>pi when it is installed, else <see cref="Echo"/>.</summary>
    Auto,

    /// <summary>The pi coding agent, or any program that speaks its RPC protocol.</summary>
    Pi,

    /// <summary>Any agent that speaks the Agent Client Protocol on its standard handles.</summary>
    Acp,

    /// <summary>Any program, started once per turn: the prompt on its input, the answer on its output.</summary>
    Command,

    /// <summary>Answers by itself, without a model.</summary>
    Echo,

    /// <summary>No agent of our own.</summary>
    None,
}
