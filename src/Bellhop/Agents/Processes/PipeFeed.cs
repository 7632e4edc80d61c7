using System.IO.Pipes;

namespace Bellhop.Agents.Processes;

/// <summary>
/// Writes to a child's pipe and never holds up whoever does so. A write into a full pipe blocks, with a stuck child for as
/// long as it lives, and a pipe's own asynchronous write does that on its caller's thread.
/// </summary>
internal sealed class PipeFeed(AnonymousPipeServerStream pipe) : IAsyncDisposable
{
    // What a pipe that poll(2) calls writable takes at once: PIPE_BUF, by POSIX at least 512.
    private static readonly int AtOnce = OperatingSystem.IsLinux() ? 4096 : 512;

    /// <summary>Completes when the pipe has taken all of it. Cancelling works until the write begins.</summary>
    /// <exception cref="IOException">The child does not read any more, or the input was closed.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            if (bytes.Length <= AtOnce && TakesAtOnce)
                pipe.Write(bytes.Span);
            else
                await Task.Run(() => pipe.Write(bytes.Span), cancel);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The input is closed.", e);
        }
    }

    /// <summary>The child reads an end now.</summary>
    public void Close() => pipe.Dispose();

    public ValueTask DisposeAsync() => pipe.DisposeAsync();

    /// <summary>There is room for a short write now.</summary>
    internal bool TakesAtOnce
    {
        get
        {
            var handle = pipe.SafePipeHandle;
            var held = false;
            try
            {
                handle.DangerousAddRef(ref held);
                var wanted = new PollDescriptor((int)handle.DangerousGetHandle(), PollDescriptor.Writable);
                return NativeMethods.poll(ref wanted, 1, 0) > 0;
            }
            finally
            {
                if (held)
                    handle.DangerousRelease();
            }
        }
    }
}
