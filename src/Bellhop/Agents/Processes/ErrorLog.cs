using System.Text;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Processes;

/// <summary>
/// What a child writes to its standard error: all of it into a bounded file, the end of it in memory for messages.
/// It is free text and never parsed.
/// </summary>
internal sealed partial class ErrorLog(string path, ILogger logger)
{
    // Two such files are kept: enough for thousands of stack traces, and never a full disk.
    private const long FileLimit = 1024 * 1024;
    private const int TailLimit = 8 * 1024;
    private const int TailLines = 20;
    private const int ReadSize = 4096;

    private readonly Lock _lock = new();
    private readonly byte[] _tail = new byte[TailLimit];
    private int _length;
    private bool _fileFailed;

    /// <summary>The last 20 lines, or less; empty when it was silent.</summary>
    public string LastLines
    {
        get
        {
            string text;
            lock (_lock)
                text = Encoding.UTF8.GetString(_tail, 0, _length);
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return string.Join('\n', lines.TakeLast(TailLines));
        }
    }

    /// <summary>Reads until the stream ends.</summary>
    public async Task ReadAsync(Stream errors)
    {
        var buffer = new byte[ReadSize];
        while (await errors.ReadAsync(buffer) is var count and > 0)
        {
            Remember(buffer.AsSpan(0, count));
            Write(buffer.AsSpan(0, count));
        }
    }

    private void Remember(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var keep = Math.Min(_length, TailLimit - bytes.Length);
            _tail.AsSpan(_length - keep, keep).CopyTo(_tail);
            bytes.CopyTo(_tail.AsSpan(keep));
            _length = keep + bytes.Length;
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            {
                file.Write(bytes);
                if (file.Length < FileLimit)
                    return;
            }
            File.Move(path, path + ".1", overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_fileFailed)
                Log.CannotWrite(logger, path, e.Message); // once: a full disk must not become a full log
            _fileFailed = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(310, LogLevel.Warning, "The agent's error log {Path} cannot be written: {Reason}")]
        public static partial void CannotWrite(ILogger logger, string path, string reason);
    }
}
