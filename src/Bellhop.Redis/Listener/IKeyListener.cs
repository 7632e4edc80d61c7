namespace Bellhop.Redis.Listener;

/// <summary>Wants to know when a key may have changed.</summary>
internal interface IKeyListener
{
    /// <summary>Called on the writer's thread: take note and return.</summary>
    void KeyTouched(string key);
}
