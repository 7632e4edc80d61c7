namespace Bellhop.Agents.Processes;

/// <summary>Finds a program the way a shell would.</summary>
internal static class Executable
{
    private const UnixFileMode AnyExecute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The full path of <paramref name="name"/>, looked up in <paramref name="path"/> when it has no slash; else null.</summary>
    public static string? Find(string name, string? path)
    {
        if (name.Contains('/'))
            return IsExecutable(UserPath.Expand(name)) ? Path.GetFullPath(UserPath.Expand(name)) : null;
        return (path ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None);
}
