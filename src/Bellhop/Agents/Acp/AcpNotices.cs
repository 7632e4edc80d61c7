using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bellhop.Agents.Acp;

/// <summary>
/// Which texts of an agent are its own remarks and no part of the reply. ACP has no word for a remark, so agents put them
/// among the pieces of the message. Known of pi-acp 0.0.34; other agents say what they mean.
/// </summary>
/// <param name="agent">What the agent calls itself.</param>
/// <param name="banner">What it announced to say at the start of a session.</param>
internal sealed partial class AcpNotices(string? agent, string? banner)
{
    /// <summary>The remark in a piece of a message; null where it is a piece of the reply.</summary>
    public TurnSignal.Notice? Find(AcpUpdate update)
    {
        if (agent != "pi-acp")
            return null;
        var isNotice =
            update.Text == banner
            || update.Body.Member("_meta").Member("piAcp").Member("notify").ValueKind == JsonValueKind.Object
            || IsRetry(update)
            || Remark().IsMatch(update.Text);
        return isNotice ? new TurnSignal.Notice(update.Text.Trim()) : null;
    }

    /// <summary>The model failed, and pi tries it once more from the start of its reply.</summary>
    public bool IsRetry(AcpUpdate update) => agent == "pi-acp" && Retry().IsMatch(update.Text);

    [GeneratedRegex(@"^Retrying( \(attempt \d+/\d+, waiting \d+s\))?\.\.\.$", Options, Patience)]
    private static partial Regex Retry();

    [GeneratedRegex(
        @"^(Retry finished, resuming\.|Context nearing limit, running automatic compaction\.\.\.|"
            + @"Automatic compaction finished; context was summarized to continue the session\.|"
            + @"Queued message \(position \d+\)\.|Starting queued message\. \(\d+ remaining\)|Cleared queued prompts\.|"
            + @"Pi \w+ UI request is not supported in ACP yet; cancelling it\.)$",
        Options,
        Patience
    )]
    private static partial Regex Remark();

    private const int Patience = 1000; // milliseconds; the patterns are anchored and plain

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
}
