using System.IO.Pipes;
using Bellhop.Agents.Processes;

namespace Bellhop.Tests.Agents.Processes;

public sealed class PipeFeedTests : IAsyncDisposable
{
    /// <summary>More than any pipe holds.</summary>
    private const int TooMuch = 8 * 1024 * 1024;

    private readonly AnonymousPipeClientStream _child;
    private readonly PipeFeed _feed;

    public PipeFeedTests()
    {
        var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        // The handle is its own once it is asked for; the server must not close it too.
        _child = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        _feed = new PipeFeed(pipe);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        await _feed.DisposeAsync();
    }

    [Fact]
    public void WriteAsync_LineIntoAnEmptyPipe_IsWrittenWhenItReturns()
    {
        var write = _feed.WriteAsync("a line\n"u8.ToArray(), Cancel);

        write.IsCompletedSuccessfully.ShouldBeTrue();
        var read = new byte[7];
        _child.ReadExactly(read);
        read.ShouldBe("a line\n"u8.ToArray());
    }

    [Fact]
    public async Task WriteAsync_MoreThanThePipeHolds_DoesNotHoldUpTheCaller()
    {
        var write = _feed.WriteAsync(new byte[TooMuch], Cancel).AsTask();

        write.IsCompleted.ShouldBeFalse("nobody reads");
        await _child.ReadExactlyAsync(new byte[TooMuch], Cancel);
        await write;
    }

    [Fact]
    public async Task WriteAsync_LineIntoAFullPipe_DoesNotHoldUpTheCaller()
    {
        var first = _feed.WriteAsync(new byte[TooMuch], Cancel).AsTask();
        await UntilFullAsync();

        var second = _feed.WriteAsync(new byte[1], Cancel).AsTask();

        second.IsCompleted.ShouldBeFalse("nobody reads");
        await _child.ReadExactlyAsync(new byte[TooMuch + 1], Cancel);
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task WriteAsync_NobodyReadsAnyMore_Throws()
    {
        await _child.DisposeAsync();

        await Should.ThrowAsync<IOException>(async () => await _feed.WriteAsync(new byte[1], Cancel));
        await Should.ThrowAsync<IOException>(async () => await _feed.WriteAsync(new byte[TooMuch], Cancel));
    }

    [Fact]
    public async Task WriteAsync_Closed_Throws()
    {
        _feed.Close();

        await Should.ThrowAsync<IOException>(async () => await _feed.WriteAsync(new byte[1], Cancel));
    }

    /// <summary>The first write has filled it once a single byte no longer goes in at once.</summary>
    private async Task UntilFullAsync()
    {
        while (_feed.TakesAtOnce)
            await Task.Yield();
    }
}
