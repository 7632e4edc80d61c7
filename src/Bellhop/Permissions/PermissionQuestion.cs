namespace Bellhop.Permissions;

/// <summary>What an agent asks leave for. All texts are the agent's own: data, bounded by whoever read them.</summary>
/// <param name="Title">The tool call as a person reads it.</param>
/// <param name="Kind">The tool's kind: read, edit, execute…; null where it says none.</param>
/// <param name="Input">What the tool is called with, as JSON, perhaps cut; null where it says nothing.</param>
/// <param name="Options">The answers that the agent takes.</param>
public sealed record PermissionQuestion(
    string Title,
    string? Kind,
    string? Input,
    IReadOnlyList<PermissionOption> Options
)
{
    private const string AllowWord = "allow";
    private const string DenyWord = "deny";

    /// <summary>
    /// The option that allows this one call; null where there is none, or several: that is a choice between things, not a
    /// request for leave.
    /// </summary>
    public PermissionOption? Allow =>
        Options.Where(o => o.Kind == PermissionOptionKind.AllowOnce).ToList() is [var only] ? only : null;

    /// <summary>The option that refuses this one call; null where there is none, and then no option is taken.</summary>
    public PermissionOption? Deny => Options.FirstOrDefault(o => o.Kind == PermissionOptionKind.RejectOnce);

    /// <summary>Every word that <see cref="TryFind"/> takes.</summary>
    public IReadOnlyList<string> Answers =>
        [.. (Allow is null ? [] : (string[])[AllowWord]).Append(DenyWord).Concat(Options.Select(o => o.Id)).Distinct()];

    /// <summary>
    /// The option of a word: <c>allow</c> and <c>deny</c> concern this one call, whatever the agent calls its options; any
    /// other word is an option's id. A call is always denied, with null where the agent offers no option for it.
    /// </summary>
    public bool TryFind(string word, out PermissionOption? option)
    {
        option = word switch
        {
            AllowWord => Allow,
            DenyWord => Deny,
            _ => Options.FirstOrDefault(o => o.Id == word),
        };
        return option is not null || word == DenyWord;
    }
}
