namespace Bellhop.Redis.Commands;

/// <summary>Commands that belong together.</summary>
internal interface ICommandFamily
{
    /// <summary>Its rows of the command table.</summary>
    IEnumerable<CommandSpec> Table { get; }
}
