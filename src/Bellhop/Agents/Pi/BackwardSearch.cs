namespace Bellhop.Agents.Pi;

/// <summary>
/// Finds the lines of a file that hold some bytes, last line first, without reading what lies before the hit: a
/// transcript grows to tens of megabytes, and what is asked for stands near its end.
/// </summary>
internal sealed class BackwardSearch(Stream file)
{
    private const int BlockSize = 1024 * 1024;

    /// <summary>A line without its newline, and the offset behind it.</summary>
    public readonly record struct Hit(byte[] Bytes, long End);

    /// <summary>The lines with the bytes, last first.</summary>
    public IEnumerable<Hit> LinesWith(byte[] needle)
    {
        var block = new byte[BlockSize + needle.Length];
        var end = file.Length;
        var known = long.MaxValue; // where the last line given out starts: a line is given out once
        while (end > 0)
        {
            var start = Math.Max(0, end - BlockSize);
            // Into the block after it as far as a needle across the border needs.
            var length = (int)Math.Min(file.Length - start, end - start + needle.Length - 1);
            Read(start, block.AsSpan(0, length));
            for (
                var found = Last(block, length, needle);
                found >= 0;
                found = Last(block, found + needle.Length - 1, needle)
            )
            {
                if (start + found >= known)
                    continue;
                known = LineStart(start + found);
                yield return LineAt(known);
            }
            end = start;
        }
    }

    private static int Last(byte[] block, int length, byte[] needle) => block.AsSpan(0, length).LastIndexOf(needle);

    private Hit LineAt(long start)
    {
        var end = LineEnd(start);
        var line = new byte[end - start];
        Read(start, line);
        return new Hit(line, end);
    }

    private long LineStart(long within)
    {
        var buffer = new byte[64 * 1024];
        for (var end = within; end > 0; )
        {
            var start = Math.Max(0, end - buffer.Length);
            var part = buffer.AsSpan(0, (int)(end - start));
            Read(start, part);
            if (part.LastIndexOf((byte)'\n') is var newline and >= 0)
                return start + newline + 1;
            end = start;
        }
        return 0;
    }

    private long LineEnd(long start)
    {
        var buffer = new byte[64 * 1024];
        file.Seek(start, SeekOrigin.Begin);
        for (var at = start; ; )
        {
            var count = file.Read(buffer);
            if (count == 0)
                return at;
            if (buffer.AsSpan(0, count).IndexOf((byte)'\n') is var newline and >= 0)
                return at + newline;
            at += count;
        }
    }

    private void Read(long start, Span<byte> into)
    {
        file.Seek(start, SeekOrigin.Begin);
        file.ReadExactly(into);
    }
}
