using System.Globalization;

namespace Bellhop.Bench.Subjects;

/// <summary>How the mock agent behaves in a bench.</summary>
/// <param name="Turn">How long a turn takes.</param>
internal sealed record AgentSetup(TimeSpan Turn)
{
    /// <summary>An agent that answers at once.</summary>
    public static readonly AgentSetup Instant = new(TimeSpan.Zero);

    /// <summary>The command that starts it, without what a gateway adds for pi.</summary>
    public IReadOnlyList<string> Command(string logFolder) =>
        [
            Parts.MockAgent,
            MockAgent.MockAgentProgram.Verb,
            "--log",
            logFolder,
            "--turn-ms",
            Turn.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        ];
}
