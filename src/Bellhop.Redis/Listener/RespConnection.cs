using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Bellhop.Redis.Commands;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Listener;

/// <summary>
/// Serves one client: reads commands, runs them one after another, answers in order. Appends to event lists run side by
/// side, so that a pipeline of them shares its syncs; any other command waits for those before it.
/// </summary>
internal sealed class RespConnection(
    PipeReader input,
    RespClient client,
    RespOutput output,
    CommandDispatcher dispatcher,
    TimeProvider time
)
{
    private readonly RespRequestReader _reader = new();
    private readonly Queue<Task<RespValue>> _appends = new();
    private ReadOnlySequence<byte> _unread;
    private CancellationToken _waits;
    private bool _isFrameOpen;
    private volatile bool _isLate;

    /// <summary>
    /// Serves until the client leaves, or until <paramref name="stop"/> once what was begun is answered;
    /// <paramref name="closed"/> says that nobody is there to be answered.
    /// </summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken closed)
    {
        await using var deadline = time.CreateTimer(MarkLate, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var stopping = stop.Register(input.CancelPendingRead);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, closed);
        _waits = ended.Token;
        var goesOn = true;
        while (goesOn)
        {
            var read = await input.ReadAsync(closed);
            _unread = read.Buffer;
            if (!_isLate && !stop.IsCancellationRequested)
                goesOn = await ServeAsync(deadline, stop, closed) && !read.IsCompleted;
            else
                goesOn = false;
            await FinishAppendsAsync(closed);
            await output.FlushAsync(closed);
            input.AdvanceTo(_unread.Start, read.Buffer.End);
        }
    }

    /// <summary>Runs every whole command in the buffer. False: answer and close.</summary>
    private async Task<bool> ServeAsync(ITimer deadline, CancellationToken stop, CancellationToken closed)
    {
        while (!stop.IsCancellationRequested)
        {
            _reader.Trusted = client.IsAuthenticated;
            var request = _reader.Read(ref _unread);
            if (request.Kind == RequestKind.Incomplete)
            {
                WatchFrame(deadline, isOpen: !_unread.IsEmpty || _reader.IsInsideArray);
                return true;
            }
            WatchFrame(deadline, isOpen: false);
            if (request.Kind == RequestKind.Command)
                await RunAsync(request.Arguments, closed);
            else
                await AnswerAsync(new RespError(request.Error!), closed);
            if (request.Kind == RequestKind.Fatal || client.IsLeaving)
                return false;
        }
        return true;
    }

    private async Task RunAsync(byte[][] arguments, CancellationToken closed)
    {
        if (IsWebPage(arguments[0]))
        {
            client.IsLeaving = true;
            return;
        }
        client.LastCommandAt = time.GetUtcNow();
        var (spec, answer) = dispatcher.Admit(client, arguments);
        var blocks = spec is not null && spec.Is(CommandFlags.Blocking);
        // A client that waits for a row is not waited for when we stop.
        var call = new CommandCall(client, arguments, InTransaction: false, blocks ? _waits : closed);
        if (spec is not null && dispatcher.MayOverlap(spec, arguments))
        {
            if (_appends.Count >= ListenerLimits.MaxOutstandingAppends)
                await FinishAppendAsync(closed);
            _appends.Enqueue(await dispatcher.StartAsync(spec, call));
            return;
        }
        await FinishAppendsAsync(closed);
        if (blocks)
            await output.FlushAsync(closed);
        await AnswerAsync(spec is null ? answer : await dispatcher.RunAsync(spec, call), closed);
    }

    private async Task FinishAppendsAsync(CancellationToken closed)
    {
        while (_appends.Count > 0)
            await FinishAppendAsync(closed);
    }

    private async Task FinishAppendAsync(CancellationToken closed) =>
        await WriteAsync(await _appends.Dequeue(), closed);

    private async Task AnswerAsync(RespValue reply, CancellationToken closed)
    {
        await FinishAppendsAsync(closed);
        await WriteAsync(reply, closed);
    }

    private async Task WriteAsync(RespValue reply, CancellationToken closed)
    {
        client.Reply(reply);
        client.EndCommand();
        if (output.Unsent > ListenerLimits.MaxUnsentReplyBytes)
            await output.FlushAsync(closed);
    }

    /// <summary>A page in a browser can post text at any local port; Redis hangs up on it for the same reason.</summary>
    private static bool IsWebPage(byte[] name) =>
        Ascii.EqualsIgnoreCase(name, "post"u8) || Ascii.EqualsIgnoreCase(name, "host:"u8);

    /// <summary>The clock runs from the first read that leaves a frame open, and stops with the frame.</summary>
    private void WatchFrame(ITimer deadline, bool isOpen)
    {
        if (isOpen == _isFrameOpen)
            return;
        _isFrameOpen = isOpen;
        deadline.Change(isOpen ? RespLimits.FrameDeadline : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void MarkLate(object? _)
    {
        _isLate = true;
        input.CancelPendingRead();
    }
}
