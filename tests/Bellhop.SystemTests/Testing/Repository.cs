namespace Bellhop.SystemTests.Testing;

/// <summary>Where the built program and the real parts are. What is missing fails the test that asked for it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Both generations of pi and other people's clients; <c>BELLHOP_PARTS</c> points elsewhere.</summary>
    public static string Parts { get; } =
        Environment.GetEnvironmentVariable("BELLHOP_PARTS") is { Length: > 0 } elsewhere
            ? elsewhere
            : Path.Combine(Root, "artifacts", "parts");

    /// <summary>The program under test; <c>BELLHOP_PROGRAM</c> names another build.</summary>
    public static string Program =>
        Existing(
            Environment.GetEnvironmentVariable("BELLHOP_PROGRAM") is { Length: > 0 } other
                ? other
                : Path.Combine(Root, "artifacts", "app", "Bellhop.Cli"),
            "Build it with eng/build-app, or run ./test."
        );

    /// <summary>A file of the repository.</summary>
    public static string File(string path) => Existing(Path.Combine(Root, path), "It belongs to the repository.");

    /// <summary>A part that <c>eng/install-parts</c> installs.</summary>
    public static string Part(string path) =>
        Existing(Path.Combine(Parts, path), "Install the parts with eng/install-parts, or run ./test.");

    /// <summary>A program of this machine that <c>eng/install-packages</c> installs.</summary>
    public static string Tool(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/usr/bin"])
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(System.IO.File.Exists)
        ?? throw new MissingPartException(
            $"'{name}' is not on this machine. Install it with eng/install-packages, or run ./test."
        );

    private static string Existing(string path, string mend) =>
        System.IO.File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new MissingPartException($"{path} is missing. {mend}");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Bellhop.slnx")))
                return folder.FullName;
        }
        throw new MissingPartException("The tests run outside the repository.");
    }
}

/// <summary>A test cannot say anything because something it needs is not there. That is a failure, not a skip.</summary>
internal sealed class MissingPartException(string message) : Exception(message);
