namespace Bellhop.Agents.Processes;

/// <summary>Paths as people write them.</summary>
internal static class UserPath
{
    /// <summary>Replaces a leading <c>~</c> by the person's home.</summary>
    public static string Expand(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..])
            : path;
}
