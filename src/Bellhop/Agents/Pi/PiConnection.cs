using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Pi;

/// <summary>
/// The conversation with one pi: reads for as long as it lives, matches answers to questions, cancels dialogs, and gives
/// everything to the turn under way.
/// </summary>
internal sealed partial class PiConnection : IAsyncDisposable
{
    // A turn that is not read stops pi through the pipe instead of filling our memory.
    private const int TurnBuffer = 256;

    // A live pi takes a line at once; one that does not is stuck.
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);

    private readonly IPiProcess _process;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<PiRecord?>> _questions = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private Channel<PiRecord>? _turn;
    private bool _over;
    private long _garbage;
    private int _lastId;

    public PiConnection(IPiProcess process, TimeProvider time, ILogger logger)
    {
        (_process, _time, _logger) = (process, time, logger);
        Closed = ReadAsync();
    }

    /// <summary>Completes when pi has ended, and all it started with it. Faulted when one of them cannot be killed.</summary>
    public Task Closed { get; }

    /// <summary>Why pi ended, as far as it said.</summary>
    public string LastWords { get; private set; } = "";

    /// <summary>An id that was not used before.</summary>
    public string NextId() => $"b{Interlocked.Increment(ref _lastId)}";

    /// <summary>Everything pi says from now on; completed when pi ends. One at a time.</summary>
    public ChannelReader<PiRecord> BeginTurn()
    {
        var turn = Channel.CreateBounded<PiRecord>(new BoundedChannelOptions(TurnBuffer) { SingleReader = true });
        lock (_lock)
        {
            _turn = turn;
            if (_over)
                turn.Writer.TryComplete();
        }
        return turn.Reader;
    }

    /// <summary>Nobody listens any more.</summary>
    public void EndTurn()
    {
        lock (_lock)
        {
            _turn?.Writer.TryComplete();
            _turn = null;
        }
    }

    /// <summary>Writes a line; false when pi does not take it.</summary>
    public async Task<bool> SendAsync(byte[] line, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            // A write into a full pipe cannot be cancelled; it is left behind and ends with the process.
            await _process.WriteLineAsync(line, cancel).AsTask().WaitAsync(WriteLimit, _time, cancel);
            return true;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            Log.CannotWrite(_logger, _process.Pid, e.Message);
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Asks and waits; null when there is no answer in time or pi has ended.</summary>
    public async Task<PiRecord?> AskAsync(string command, TimeSpan limit, CancellationToken cancel)
    {
        var id = NextId();
        var answer = new TaskCompletionSource<PiRecord?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _questions[id] = answer;
            if (_over)
                answer.SetResult(null);
        }
        try
        {
            if (answer.Task.IsCompleted || !await SendAsync(PiCommand.Plain(id, command), cancel))
                return null;
            return await answer.Task.WaitAsync(limit, _time, cancel);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            lock (_lock)
                _questions.Remove(id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        EndTurn();
        await _closing.CancelAsync();
        await Closed; // kills the process; nothing reads from it any more when it is disposed
        await _process.DisposeAsync();
        _closing.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        await Task.Yield();
        try
        {
            while (await _process.ReadLineAsync(_closing.Token) is { } line)
                await OnLineAsync(line);
        }
        catch (Exception e) when (e is Processes.LineTooLongException or IOException or OperationCanceledException)
        {
            LastWords = e.Message;
        }
        finally
        {
            await CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        try
        {
            await _process.KillAsync(); // an end of output alone is not yet an end of work
        }
        finally
        {
            LastWords = LastWords.Length > 0 ? $"{LastWords}\n{_process.LastWords}" : _process.LastWords;
            lock (_lock)
            {
                _over = true;
                _turn?.Writer.TryComplete();
                foreach (var question in _questions.Values)
                    question.TrySetResult(null);
            }
        }
    }

    private async ValueTask OnLineAsync(ReadOnlyMemory<byte> line)
    {
        if (!PiJson.TryRead<PiRecord>(line.Span, out var record) || record.Type is null)
        {
            if (IsPowerOfTwo(++_garbage))
                Log.Garbage(_logger, _process.Pid, _garbage);
            return;
        }
        if (record.Type == "response")
            Answer(record);
        else if (PiDialog.WantsAnswer(record))
            await SendAsync(PiCommand.Cancel(record.IdText!), _closing.Token);
        await GiveToTurnAsync(record);
    }

    private void Answer(PiRecord record)
    {
        if (record.IdText is not { } id)
            return;
        lock (_lock)
        {
            if (_questions.TryGetValue(id, out var question))
                question.TrySetResult(record);
        }
    }

    private async ValueTask GiveToTurnAsync(PiRecord record)
    {
        ChannelWriter<PiRecord>? turn;
        lock (_lock)
            turn = _turn?.Writer;
        if (turn is null || turn.TryWrite(record))
            return;
        while (await turn.WaitToWriteAsync(_closing.Token) && !turn.TryWrite(record)) { }
    }

    private static bool IsPowerOfTwo(long count) => (count & (count - 1)) == 0;

    private static partial class Log
    {
        [LoggerMessage(
            320,
            LogLevel.Warning,
            "pi {Pid} wrote something that is not its protocol ({Count} lines so far)"
        )]
        public static partial void Garbage(ILogger logger, int pid, long count);

        [LoggerMessage(321, LogLevel.Warning, "pi {Pid} does not take what we write: {Reason}")]
        public static partial void CannotWrite(ILogger logger, int pid, string reason);
    }
}
