using System.Text;
using Bellhop.Cli.Rendering;
using Bellhop.Cli.Setup;

namespace Bellhop.Cli.Hosting;

/// <summary>A log file of bounded size: full, it is put aside as <c>.1</c>, <c>.1</c> as <c>.2</c>, and the last is let go.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<LogOptions> _options;
    private readonly string _path;
    private FileStream? _file;

    /// <summary>Opens it. Size and number are asked at each use, so that they may change; the path is not.</summary>
    public LogFile(Func<LogOptions> options)
    {
        (_options, _path) = (options, options().Path);
        _file = Open();
    }

    /// <summary>Appends lines; what a terminal would obey is escaped. A disk that takes nothing must not stop the gateway: the words go to standard error.</summary>
    public void Write(string text)
    {
        var lines = string.Join("\n    ", Printable.Lines(text)) + "\n";
        lock (_lock)
        {
            try
            {
                _file ??= Open();
                _file.Write(Encoding.UTF8.GetBytes(lines));
                if (_file.Length >= _options().MaxBytes)
                    Rotate();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.Write($"(the log cannot be written: {e.Message}) {lines}");
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _file?.Dispose();
    }

    private void Rotate()
    {
        var files = _options().Files;
        _file!.Dispose();
        _file = null;
        // The current file is one of those that are kept.
        for (var i = files - 1; i >= 1; i--)
        {
            var from = i == 1 ? _path : $"{_path}.{i - 1}";
            if (File.Exists(from))
                File.Move(from, $"{_path}.{i}", overwrite: true);
        }
        if (files == 1)
            File.Delete(_path);
        _file = Open();
    }

    private FileStream Open() =>
        new(
            _path,
            new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0, // a line is on its way when Write returns, also before a crash
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
}
