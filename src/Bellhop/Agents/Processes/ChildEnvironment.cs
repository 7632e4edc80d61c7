using System.Collections;

namespace Bellhop.Agents.Processes;

/// <summary>What a child gets to see of our environment.</summary>
internal static class ChildEnvironment
{
    /// <summary>Marks a child and everything it starts, so that they are found when their parents are gone.</summary>
    public const string RunMark = "BELLHOP_RUN";

    // Our own settings; a child that runs `bellhop` must not inherit them as overrides.
    private const string SettingPrefix = "BELLHOP__";

    // How our own runtime serves sockets; a child on .NET has not agreed to that.
    private const string OwnSwitch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Ours, less our settings and the secrets named, plus what is configured, plus the mark.</summary>
    public static Dictionary<string, string> For(
        string mark,
        IReadOnlyDictionary<string, string> configured,
        IReadOnlyCollection<string> secrets
    )
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (
                !name.StartsWith(SettingPrefix, StringComparison.Ordinal)
                && name != OwnSwitch
                && !secrets.Contains(name)
            )
                environment[name] = (string?)variable.Value ?? "";
        }
        foreach (var (name, value) in configured)
            environment[name] = value;
        environment[RunMark] = mark;
        return environment;
    }
}
