using Microsoft.Extensions.Logging;

namespace Bellhop.Cli.Hosting;

/// <summary>Writes log lines to the file, and those a person should see now to the console.</summary>
internal sealed class LogOutput(
    LogFile file,
    Func<LogLevel> fileLevel,
    TextWriter console,
    LogLevel consoleLevel,
    TimeProvider time
) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void Dispose() => file.Dispose();

    private void Write(string category, LogLevel level, EventId id, string message, Exception? exception)
    {
        var text =
            $"{time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Word(level)} {category}[{id.Id}] {message}";
        if (level >= fileLevel())
            file.Write(exception is null ? text : $"{text}\n{exception}");
        if (level >= consoleLevel)
            console.WriteLine($"{Word(level)} {Rendering.Printable.Sentence(message)}");
    }

    private static string Word(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            LogLevel.Error => "error",
            _ => "fatal",
        };

    private sealed class Line(LogOutput output, string category) : ILogger
    {
        // The framework tells of each request and connection at Information; that is our Debug.
        private readonly bool _foreign = !category.StartsWith("Bellhop", StringComparison.Ordinal);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel != LogLevel.None
            && logLevel
                >= (_foreign ? LogLevel.Warning : (LogLevel)Math.Min((int)output.FileLevel, (int)output.ConsoleLevel));

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                output.Write(category, logLevel, eventId, formatter(state, exception), exception);
        }
    }

    private LogLevel FileLevel => fileLevel();

    private LogLevel ConsoleLevel => consoleLevel;
}
