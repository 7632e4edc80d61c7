namespace Bellhop.Lanes;

/// <summary>The deaths of an agent under its turns since one last went well: whose fault the next one is.</summary>
internal sealed class DeathCount
{
    /// <summary>Deaths before the agent's receipt, in a row, after which the turn is held to be the cause.</summary>
    private const int MaxEarly = 3;

    /// <summary>
    /// Deaths in a row that turns are blamed for: what it takes to find one poison in a full batch, and one more. After
    /// that the agent itself is held to be broken, and only one turn is blamed in each pause.
    /// </summary>
    private const int MaxBlamed = 8;

    private int _early;
    private int _blamed;

    /// <summary>A turn went well.</summary>
    public void Forget() => (_early, _blamed) = (0, 0);

    /// <summary>It died before it took the prompt. True where that is no chance any more.</summary>
    public bool IsOneEarlyTooMany() => ++_early >= MaxEarly;

    /// <summary>It died, and the turn may be why. False where it dies whatever it is given.</summary>
    public bool IsTheTurnsFault()
    {
        _early = 0;
        if (_blamed++ < MaxBlamed)
            return true;
        _blamed = MaxBlamed - 1;
        return false;
    }
}
