namespace Bellhop;

/// <summary>One refusal that a user can meet. The code never changes its meaning.</summary>
/// <param name="Code"><c>BH-</c> and four digits; the first three are the HTTP status it usually comes with.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Resp">The word a Redis error begins with.</param>
/// <param name="Meaning">What happened.</param>
/// <param name="Mend">What to do.</param>
public sealed record KnownError(string Code, int Status, string Resp, string Meaning, string Mend)
{
    /// <summary>What happened and what to do, where there is nothing more precise to say.</summary>
    public string Message => $"{Meaning} {Mend}";
}
