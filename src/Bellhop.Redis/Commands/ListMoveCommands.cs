using Bellhop.Redis.EventLists;
using Bellhop.Redis.Listener;
using Bellhop.Redis.Resp;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>LMOVE, RPOPLPUSH, and BLMOVE, which waits without asking again and again.</summary>
internal sealed class ListMoveCommands(
    KeyNames names,
    ListMoves moves,
    KeyListeners listeners,
    CommandGate gate,
    TimeProvider time
) : ICommandFamily
{
    public IEnumerable<CommandSpec> Table =>
        [
            new("lmove", 5, Write, KeyPositions.Two, Move),
            new("rpoplpush", 3, Write, KeyPositions.Two, RightToLeft),
            new("blmove", 6, Write | Blocking | OwnGate, KeyPositions.Two, MoveBlocking),
        ];

    private async ValueTask<RespValue> Move(CommandCall call) =>
        Answer(await MoveOnceAsync(call, IsLeft(call, 3), IsLeft(call, 4)));

    private async ValueTask<RespValue> RightToLeft(CommandCall call) =>
        Answer(await MoveOnceAsync(call, fromHead: false, toHead: true));

    private async ValueTask<RespValue> MoveBlocking(CommandCall call)
    {
        var (fromHead, toHead, timeout) = (IsLeft(call, 3), IsLeft(call, 4), call.Timeout(5));
        if (call.InTransaction)
            return Answer(await MoveOnceAsync(call, fromHead, toHead));
        using var waiter = new KeyWaiter(listeners, names.Read(call[1]).Text);
        var began = time.GetTimestamp();
        while (true)
        {
            waiter.Reset();
            using (await gate.EnterAsync(alone: false, call.Cancel))
            {
                if (await MoveOnceAsync(call, fromHead, toHead) is { } row)
                    return RespValue.Bulk(row);
            }
            var left = timeout - time.GetElapsedTime(began) ?? Timeout.InfiniteTimeSpan;
            if (timeout is not null && left <= TimeSpan.Zero)
                return RespValue.NullArray;
            if (!await WaitAsync(waiter, left, call.Cancel))
                return RespValue.NullArray;
        }
    }

    private async Task<bool> WaitAsync(KeyWaiter waiter, TimeSpan timeout, CancellationToken cancel)
    {
        try
        {
            await waiter.Touched.WaitAsync(timeout, time, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private Task<ReadOnlyMemory<byte>?> MoveOnceAsync(CommandCall call, bool fromHead, bool toHead) =>
        moves.MoveAsync(call.Client, names.Read(call[1]), names.Read(call[2]), fromHead, toHead, call.Cancel);

    private static bool IsLeft(CommandCall call, int index) =>
        call.Word(index) switch
        {
            "LEFT" => true,
            "RIGHT" => false,
            _ => throw CommandFault.Syntax(),
        };

    private static RespValue Answer(ReadOnlyMemory<byte>? row) =>
        row is { } bytes ? RespValue.Bulk(bytes) : RespValue.Null;
}
