using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Processes;

/// <summary>
/// The conversation with one agent process: reads for as long as it lives, matches answers to questions, and gives
/// everything to the turn under way. What a line means is the protocol's matter.
/// </summary>
internal abstract partial class LineConnection<TRecord> : IAsyncDisposable
    where TRecord : class
{
    // A turn that is not read stops the agent through the pipe instead of filling our memory.
    private const int TurnBuffer = 256;

    // A live agent takes a line at once; one that does not is stuck.
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);

    private readonly string _name;
    private readonly ILineProcess _process;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<TRecord?>> _questions = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private Channel<TRecord>? _turn;
    private bool _over;
    private long _garbage;
    private int _lastId;

    protected LineConnection(string name, ILineProcess process, TimeProvider time, ILogger logger)
    {
        (_name, _process, _time, _logger) = (name, process, time, logger);
        Closed = ReadAsync();
    }

    /// <summary>
    /// Completes when the agent has ended, and all it started with it. Faulted when one of them cannot be killed.
    /// </summary>
    public Task Closed { get; }

    /// <summary>Why it ended, as far as it said.</summary>
    public string LastWords { get; private set; } = "";

    /// <summary>Cancelled when nobody needs this any more.</summary>
    protected CancellationToken Closing => _closing.Token;

    /// <summary>An id that was not used before.</summary>
    public string NextId() => $"b{Interlocked.Increment(ref _lastId)}";

    /// <summary>Everything the agent says from now on; completed when it ends. One at a time.</summary>
    public ChannelReader<TRecord> BeginTurn()
    {
        var turn = Channel.CreateBounded<TRecord>(new BoundedChannelOptions(TurnBuffer) { SingleReader = true });
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

    /// <summary>Writes a line; false when the agent does not take it.</summary>
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
            Log.CannotWrite(_logger, _name, _process.Pid, e.Message);
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Asks and waits; null when there is no answer in time or the agent has ended.</summary>
    public async Task<TRecord?> AskAsync(Func<string, byte[]> question, TimeSpan limit, CancellationToken cancel)
    {
        var id = NextId();
        var answer = Expect(id);
        try
        {
            if (answer.IsCompleted || !await SendAsync(question(id), cancel))
                return null;
            return await answer.WaitAsync(limit, _time, cancel);
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

    /// <summary>The answer to the question with this id, once it comes; null when the agent ends before.</summary>
    public Task<TRecord?> Expect(string id)
    {
        var answer = new TaskCompletionSource<TRecord?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _questions[id] = answer;
            if (_over)
                answer.SetResult(null);
        }
        return answer.Task;
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

    /// <summary>What stands on a line; false where that is not the protocol.</summary>
    protected abstract bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out TRecord? record);

    /// <summary>Does what the protocol asks for at once, before the turn gets the record.</summary>
    protected abstract ValueTask OnRecordAsync(TRecord record);

    /// <summary>The record answers the question with this id, if there is one.</summary>
    protected void Answer(string? id, TRecord record)
    {
        if (id is null)
            return;
        lock (_lock)
        {
            if (_questions.Remove(id, out var question))
                question.TrySetResult(record);
        }
    }

    private async Task ReadAsync()
    {
        await Task.Yield();
        try
        {
            while (await _process.ReadLineAsync(_closing.Token) is { } line)
                await OnLineAsync(line);
        }
        catch (Exception e) when (e is LineTooLongException or IOException or OperationCanceledException)
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
        if (!TryRead(line.Span, out var record))
        {
            if (IsPowerOfTwo(++_garbage))
                Log.Garbage(_logger, _name, _process.Pid, _garbage);
            return;
        }
        await OnRecordAsync(record);
        await GiveToTurnAsync(record);
    }

    private async ValueTask GiveToTurnAsync(TRecord record)
    {
        ChannelWriter<TRecord>? turn;
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
            "{Agent} {Pid} wrote something that is not its protocol ({Count} lines so far)"
        )]
        public static partial void Garbage(ILogger logger, string agent, int pid, long count);

        [LoggerMessage(321, LogLevel.Warning, "{Agent} {Pid} does not take what we write: {Reason}")]
        public static partial void CannotWrite(ILogger logger, string agent, int pid, string reason);
    }
}
