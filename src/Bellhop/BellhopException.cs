namespace Bellhop;

/// <summary>The root of everything we throw. Its message is written for the person at the terminal.</summary>
public abstract class BellhopException : Exception
{
    /// <summary>Says what happened and what to do.</summary>
    protected BellhopException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>True where nothing is broken: the same thing can be done later. The default value is false.</summary>
    public virtual bool IsPassing => false;
}
