namespace Bellhop.Cli.Setup;

/// <summary>The folder that holds all of one gateway: <c>BELLHOP_HOME</c>, by default <c>~/.bellhop</c>.</summary>
internal sealed class Home(string folder)
{
    /// <summary>The variable that moves it.</summary>
    public const string Variable = "BELLHOP_HOME";

    /// <summary>The longest socket path every Unix takes: macOS has 104 bytes with the closing NUL, Linux 108.</summary>
    private const int MaxSocketPath = 103;

    public string Folder { get; } = Path.GetFullPath(folder);
    public string Config => Path.Combine(Folder, "config.json");
    public string Token => Path.Combine(Folder, "token");
    public string Database => Path.Combine(Folder, "state.db");
    public string Sessions => Path.Combine(Folder, "sessions");
    public string Spool => Path.Combine(Folder, "spool");
    public string Logs => Path.Combine(Folder, "logs");
    public string LogFile => Path.Combine(Logs, "bellhop.log");
    public string Run => Path.Combine(Folder, "run");
    public string Lock => Path.Combine(Run, "lock");
    public string Pid => Path.Combine(Run, "pid");
    public string Endpoints => Path.Combine(Run, "endpoints.json");

    /// <summary>Where the same API is served to this user only.</summary>
    /// <exception cref="CommandException">The path is too long for a socket.</exception>
    public string Socket
    {
        get
        {
            var path = Path.Combine(Run, "bellhop.sock");
            var bytes = System.Text.Encoding.UTF8.GetByteCount(path);
            return bytes <= MaxSocketPath
                ? path
                : throw new CommandException(
                    $"{path} has {bytes} bytes; a Unix socket takes {MaxSocketPath}. Set {Variable} to a shorter folder.",
                    ExitCode.Configuration
                );
        }
    }

    /// <summary>Finds the home of this environment. Creates nothing.</summary>
    public static Home Locate(Func<string, string?> environment) =>
        environment(Variable) is { Length: > 0 } chosen
            ? new Home(ExpandTilde(chosen, environment))
            : new Home(Path.Combine(UserFolder(environment), ".bellhop"));

    /// <summary>Replaces a leading <c>~</c> by the person's own folder, as a shell does.</summary>
    public static string ExpandTilde(string path, Func<string, string?> environment) =>
        path == "~" ? UserFolder(environment)
        : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(UserFolder(environment), path[2..])
        : path;

    /// <summary>Makes the folder and those inside it, readable by this user only.</summary>
    public void Create()
    {
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            foreach (var path in (string[])[Folder, Sessions, Spool, Logs, Run])
                Directory.CreateDirectory(path, mine);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"{Folder} cannot be used as home: {e.Message} Set {Variable} to a folder that this user can write.",
                ExitCode.Configuration
            );
        }
    }

    private static string UserFolder(Func<string, string?> environment) =>
        environment("HOME") is { Length: > 0 } home
            ? home
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
