using System.IO.Pipes;

namespace Bellhop.Store.Sqlite;

/// <summary>
/// Wakes one thread that sleeps for want of work. A pipe rather than an event of the runtime: an event is set under a lock
/// that the thread it wakes needs next, and on the same core the two then change places several times.
/// </summary>
internal sealed class Doorbell : IDisposable
{
    private readonly AnonymousPipeServerStream _inside = new(PipeDirection.In, HandleInheritability.None);
    private readonly AnonymousPipeClientStream _outside;
    private int _sleeps;

    public Doorbell() => _outside = new AnonymousPipeClientStream(PipeDirection.Out, _inside.ClientSafePipeHandle);

    /// <summary>
    /// Sleeps until somebody rings. Returns at once where <paramref name="hasWork"/> says so: what was put there before the
    /// bell could be heard. For one thread.
    /// </summary>
    public void Wait(Func<bool> hasWork)
    {
        Interlocked.Exchange(ref _sleeps, 1);
        if (hasWork() && Interlocked.Exchange(ref _sleeps, 0) == 1)
            return;
        _inside.ReadByte(); // who found the thread asleep rings, or has rung already
    }

    /// <summary>To be called after the work was put where the thread finds it. Costs next to nothing while it is awake.</summary>
    public void Ring()
    {
        if (Interlocked.Exchange(ref _sleeps, 0) == 1)
            _outside.WriteByte(0);
    }

    public void Dispose()
    {
        _outside.Dispose();
        _inside.Dispose();
    }
}
