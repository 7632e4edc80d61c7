using System.Text;

namespace Bellhop.Cli.Setup;

/// <summary>Reads the end of a log file and what is added to it, across rotation.</summary>
internal sealed class LogTail(string path)
{
    private long _position;

    /// <summary>The last lines of the file as it is now; none when there is no file.</summary>
    public IReadOnlyList<string> Last(int count)
    {
        var last = new Queue<string>();
        foreach (var line in Added())
        {
            last.Enqueue(line);
            if (last.Count > count)
                last.Dequeue();
        }
        return [.. last];
    }

    /// <summary>Whole lines that came since the last call.</summary>
    public IEnumerable<string> Added()
    {
        if (!File.Exists(path))
            yield break;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length < _position)
            _position = 0; // a new file took the name
        file.Position = _position;
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            // A last line without its end is still being written: it is read next time.
            if (reader.EndOfStream && !EndsWithNewLine(file))
                yield break;
            _position += Encoding.UTF8.GetByteCount(line) + 1;
            yield return line;
        }
    }

    private static bool EndsWithNewLine(FileStream file)
    {
        file.Position = file.Length - 1;
        return file.ReadByte() == '\n';
    }
}
