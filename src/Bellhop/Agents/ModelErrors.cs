using System.Globalization;
using System.Text.RegularExpressions;

namespace Bellhop.Agents;

/// <summary>
/// Whose fault a model error is. Agents hand on the provider's words: <c>400: {…}</c>, <c>503 Service Unavailable</c>,
/// <c>Connection error.: other side closed</c>, <c>No API key found for …</c>.
/// </summary>
internal static partial class ModelErrors
{
    // A provider's page of HTML says no more than its first lines.
    private const int MessageLimit = 500;

    /// <summary>The failure that this error means for a turn; <paramref name="login"/> is how a person logs in.</summary>
    public static AgentFailure Classify(string? error, string login)
    {
        var text = string.IsNullOrWhiteSpace(error) ? "The model failed without saying why." : error.Trim();
        if (text.Length > MessageLimit)
            text = text[..MessageLimit] + "…";
        return new AgentFailure(IsOutage(text) ? AgentFailureCause.Outage : AgentFailureCause.Turn, Mend(text, login));
    }

    private static bool IsOutage(string text)
    {
        // A request that is refused for the account's sake is refused for every prompt, whatever its number.
        if (Account().IsMatch(text))
            return true;
        var status = Status().Match(text);
        if (!status.Success)
            return Network().IsMatch(text) && !Empty().IsMatch(text);
        return int.Parse(status.Groups["code"].ValueSpan, CultureInfo.InvariantCulture)
            is 401
                or 402
                or 403
                or 407
                or 408
                or 409
                or 425
                or 429
                or >= 500;
    }

    private static string Mend(string text, string login) => Login().IsMatch(text) ? $"{text} ({login})" : text;

    [GeneratedRegex(@"^\W*(?:(?:http|status|error|code)\W*)*(?<code>[45]\d\d)\b", Options, Patience)]
    private static partial Regex Status();

    [GeneratedRegex(
        @"api.?key|credit balance|billing|quota|payment|subscription|not logged in|log ?in|unauthori[sz]ed|"
            + @"oauth|expired token|model.{0,80}(not found|does not exist|not exist)|no model",
        Options,
        Patience
    )]
    private static partial Regex Account();

    [GeneratedRegex(@"api.?key|not logged in|log ?in|unauthori[sz]ed|oauth|expired token|^\W*401\b", Options, Patience)]
    private static partial Regex Login();

    [GeneratedRegex(
        @"connect|network|socket|fetch failed|timed? ?out|timeout|overloaded|rate.?limit|too many requests|server.?error|"
            + @"unavailable|other side closed|premature|terminated|hang up|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|"
            + @"certificate|stream ended|bad gateway|already processing",
        Options,
        Patience
    )]
    private static partial Regex Network();

    // The model answered, and had nothing to say to this prompt.
    [GeneratedRegex(@"empty (response|reply|message)", Options, Patience)]
    private static partial Regex Empty();

    private const int Patience = 1000; // milliseconds; the text is short

    private const RegexOptions Options =
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
}
