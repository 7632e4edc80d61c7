using System.Text.RegularExpressions;

namespace Bellhop.Tests.Testing;

/// <summary>The links of a page, and whether a relative one leads to a file and a heading that exist.</summary>
internal static partial class MarkdownLinks
{
    public static IEnumerable<string> Of(string markdown) =>
        Link().Matches(Fence().Replace(markdown, "")).Select(m => m.Groups[1].Value);

    public static bool Resolves(string page, string link)
    {
        if (link.Contains("://") || link.StartsWith("mailto:", StringComparison.Ordinal))
            return true;
        var (path, anchor) = link.Split('#') is [var p, var a] ? (p, a) : (link, null);
        var target = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path);
        var full = Path.GetFullPath(Path.Combine(RepositoryFiles.Root, target));
        if (!File.Exists(full) && !Directory.Exists(full))
            return false;
        return anchor is null
            || Heading().Matches(File.ReadAllText(full)).Any(h => Anchor(h.Groups[1].Value) == anchor);
    }

    private static string Anchor(string heading) =>
        string.Concat(
            heading
                .Trim()
                .ToLowerInvariant()
                .Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')
                .Select(c => c == ' ' ? '-' : c)
        );

    [GeneratedRegex(@"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#{1,6}\s+(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
