namespace Bellhop.Agents.Processes;

/// <summary>What to start.</summary>
internal sealed record ChildStart
{
    /// <summary>The program, a name or a path, and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Where it runs.</summary>
    public required string Folder { get; init; }

    /// <summary>Variables it gets beside ours.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Variables of ours that it must not see.</summary>
    public IReadOnlyCollection<string> Secrets { get; init; } = [];

    /// <summary>The file that takes its standard error.</summary>
    public required string ErrorLog { get; init; }
}
