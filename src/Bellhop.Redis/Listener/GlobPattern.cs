namespace Bellhop.Redis.Listener;

/// <summary>Redis' patterns: <c>* ? [abc] [^abc] [a-z]</c> and a backslash before any of them.</summary>
internal static class GlobPattern
{
    /// <summary>Matches without recursion: on a mismatch only the last star may take one more character.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (p, t, star, starText) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, starText) = (p++, t);
                continue;
            }
            if (p < pattern.Length && MatchesOne(pattern, ref p, text[t]))
            {
                t++;
                continue;
            }
            if (star < 0)
                return false;
            p = star + 1;
            t = ++starText;
        }
        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, ref int p, char c)
    {
        switch (pattern[p])
        {
            case '?':
                p++;
                return true;
            case '[':
                return MatchesClass(pattern, ref p, c);
            case '\\' when p + 1 < pattern.Length:
                p += 2;
                return pattern[p - 1] == c;
            default:
                return pattern[p++] == c;
        }
    }

    /// <summary>A class that is not closed ends with the pattern, as in Redis.</summary>
    private static bool MatchesClass(ReadOnlySpan<char> pattern, ref int p, char c)
    {
        p++;
        var negated = p < pattern.Length && pattern[p] == '^';
        if (negated)
            p++;
        var found = false;
        for (; p < pattern.Length && pattern[p] != ']'; p++)
        {
            if (pattern[p] == '\\' && p + 1 < pattern.Length)
            {
                found |= pattern[++p] == c;
            }
            else if (p + 2 < pattern.Length && pattern[p + 1] == '-')
            {
                var (low, high) = (pattern[p], pattern[p + 2]);
                found |= c >= Math.Min(low, high) && c <= Math.Max(low, high);
                p += 2;
            }
            else
            {
                found |= pattern[p] == c;
            }
        }
        if (p < pattern.Length)
            p++;
        return found != negated;
    }
}
