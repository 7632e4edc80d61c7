using Bellhop.Redis.Listener;

namespace Bellhop.Redis.Commands;

/// <summary>The commands between MULTI and EXEC.</summary>
internal sealed class CommandQueue
{
    private readonly List<(CommandSpec Spec, byte[][] Arguments)> _commands = [];
    private long _bytes;

    /// <summary>A command was refused while queueing: EXEC will refuse all.</summary>
    public bool IsBroken { get; set; }

    public IReadOnlyList<(CommandSpec Spec, byte[][] Arguments)> Commands => _commands;

    /// <summary>False when it is full.</summary>
    public bool TryAdd(CommandSpec spec, byte[][] arguments)
    {
        _bytes += arguments.Sum(a => (long)a.Length);
        if (_commands.Count >= ListenerLimits.MaxQueuedCommands || _bytes > ListenerLimits.MaxQueuedBytes)
            return false;
        _commands.Add((spec, arguments));
        return true;
    }
}
