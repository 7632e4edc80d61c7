namespace Bellhop.Channels.Http;

/// <summary>So much of something at once and no more.</summary>
internal sealed class Allowance(long max)
{
    private long _taken;

    /// <summary>Takes some. False, and nothing taken, when it is not there.</summary>
    public bool TryTake(long amount)
    {
        if (Interlocked.Add(ref _taken, amount) <= max)
            return true;
        Return(amount);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long amount) => Interlocked.Add(ref _taken, -amount);
}
