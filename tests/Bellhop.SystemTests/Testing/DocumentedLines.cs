namespace Bellhop.SystemTests.Testing;

/// <summary>The lines of a fenced block that follows a mark such as <c>&lt;!-- tour --&gt;</c>, so that pages are run, not trusted.</summary>
internal static class DocumentedLines
{
    public static IReadOnlyList<string> After(string page, string mark)
    {
        var lines = File.ReadAllLines(Repository.File(page));
        var start = Array.IndexOf(lines, $"<!-- {mark} -->");
        if (start < 0)
            throw new MissingPartException($"{page} holds no <!-- {mark} -->.");
        return
        [
            .. lines
                .Skip(start + 1)
                .SkipWhile(line => !line.StartsWith("```"))
                .Skip(1)
                .TakeWhile(line => !line.StartsWith("```"))
                .Where(line => line.Length > 0 && !line.StartsWith('#')),
        ];
    }
}
