using System.Text.RegularExpressions;

namespace Bellhop.SystemTests.Testing;

/// <summary>What a Redis or a Valkey calls itself, for results that are kept.</summary>
internal static partial class ServerVersion
{
    /// <summary>Such as <c>Redis 7.0.15</c>.</summary>
    public static async Task<string> OfAsync(string program)
    {
        var said = await Cli.RunAsync(program, ["--version"], new Dictionary<string, string?>());
        var name = Path.GetFileName(program).StartsWith("valkey") ? "Valkey" : "Redis";
        return $"{name} {Number().Match(said.Output).Groups[1].Value}";
    }

    [GeneratedRegex(@"v=([\d.]+)")]
    private static partial Regex Number();
}
