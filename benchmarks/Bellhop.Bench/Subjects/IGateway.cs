using System.Net;
using Bellhop.Bench.MockAgent;

namespace Bellhop.Bench.Subjects;

/// <summary>Something that takes events by LPUSH and gives them to the mock agent.</summary>
internal interface IGateway : IAsyncDisposable
{
    /// <summary>What it is called in tables.</summary>
    string Name { get; }

    /// <summary>Where producers push to.</summary>
    IPEndPoint Bus { get; }

    /// <summary>The process that does the gateway's work.</summary>
    int Pid { get; }

    /// <summary>Where the mock agent notes what it read.</summary>
    string AgentLog { get; }

    /// <summary>The mock agent's session file: what it took, as a real agent would remember it.</summary>
    string Transcript { get; }

    /// <summary>Kills the gateway's process with <c>kill -9</c> and starts it again.</summary>
    Task CrashAsync(CancellationToken cancel);

    /// <summary>All prompts that the agent has read so far.</summary>
    IReadOnlyList<LoggedPrompt> Prompts => PromptLog.Read(AgentLog);
}
