namespace Bellhop.Bench.Subjects;

/// <summary>Where the programs are that the benches run: ours as built, and the peers' as installed.</summary>
internal sealed class Parts
{
    public Parts(string root)
    {
        Root = root;
        Folder = Environment.GetEnvironmentVariable("BELLHOP_PARTS") ?? Path.Combine(root, "artifacts", "parts");
    }

    public string Root { get; }

    private string Folder { get; }

    /// <summary>The built program.</summary>
    public string Bellhop =>
        Existing(Path.Combine(Root, "artifacts", "app", "Bellhop.Cli"))
        ?? throw new BenchException("The program is not built: run ./bellhop --version once.");

    /// <summary>Where its runtime is, when it does not find it by itself.</summary>
    public string? DotnetRoot =>
        Existing(Path.Combine(Root, "artifacts", "app", ".dotnet-root")) is { } file
        && File.ReadAllText(file).Trim() is { Length: > 0 } found
            ? found
            : Environment.GetEnvironmentVariable("DOTNET_ROOT");

    /// <summary>This executable, which is the mock agent as well.</summary>
    public static string MockAgent => Environment.ProcessPath!;

    public static string RedisServer =>
        OnPath("redis-server") ?? throw Missing("redis-server", "the Debian package redis-server");

    /// <summary>A Node that reads TypeScript by itself, 22.18 or newer: what current pi runs on.</summary>
    public string Node =>
        Existing(Path.Combine(Folder, "npm", "node22", "node_modules", "node", "bin", "node"))
        ?? OnPath("node")
        ?? throw Missing("node", "Node.js 22.18 or newer");

    /// <summary>The folder that has ioredis 5 in it.</summary>
    public string Ioredis =>
        Existing(Path.Combine(Folder, "npm", "ioredis5", "node_modules"))
        ?? throw Missing("ioredis 5", "eng/install-parts");

    /// <summary>The real pi; null where it was not installed.</summary>
    public string? Pi => Existing(Path.Combine(Folder, "bin", "pi"));

    private static BenchException Missing(string what, string mend) => new($"{what} is missing: install {mend}.");

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private static string? Existing(string path) => Path.Exists(path) ? path : null;
}
