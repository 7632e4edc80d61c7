using System.IO.Pipelines;

namespace Bellhop.Agents.Processes;

/// <summary>
/// Reads a child's pipe on a thread of its own. Such a read blocks for as long as the child is silent, which for an
/// idle agent is hours; on the thread pool of a small machine that would hold up everybody else.
/// </summary>
internal static class PipePump
{
    // Back-pressure: what a slow reader leaves lying beyond this stays in the pipe and stops the child.
    private const int HoldAt = 1024 * 1024;
    private const int ReadSize = 64 * 1024;
    private const int StackSize = 256 * 1024;

    /// <summary>Starts the thread; the stream ends when the pipe does.</summary>
    public static Stream Start(Stream source, string name)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: HoldAt, resumeWriterThreshold: HoldAt / 2));
        new Thread(() => Pump(source, pipe.Writer), StackSize) { IsBackground = true, Name = name }.Start();
        return pipe.Reader.AsStream();
    }

    private static void Pump(Stream source, PipeWriter writer)
    {
        Exception? fault = null;
        try
        {
            using (source)
            {
                while (source.Read(writer.GetSpan(ReadSize)) is var count and > 0)
                {
                    writer.Advance(count);
                    if (writer.FlushAsync().AsTask().GetAwaiter().GetResult().IsCompleted)
                        return; // nobody reads any more
                }
            }
        }
        catch (IOException e)
        {
            fault = e;
        }
        finally
        {
            writer.Complete(fault);
        }
    }
}
