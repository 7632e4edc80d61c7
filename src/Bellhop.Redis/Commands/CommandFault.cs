namespace Bellhop.Redis.Commands;

/// <summary>A command cannot be carried out as it was sent. Its message is the error line, worded as Redis words it.</summary>
internal sealed class CommandFault(string line) : BellhopException(line)
{
    public static CommandFault Of(KnownError error) => new($"{error.Resp} {error.Code} {error.Message}");

    public static CommandFault Syntax() => new("ERR syntax error");

    public static CommandFault NotAnInteger() => new("ERR value is not an integer or out of range");

    public static CommandFault WrongKind() => new("WRONGTYPE Operation against a key holding the wrong kind of value");

    public static CommandFault Arity(string name) => new($"ERR wrong number of arguments for '{name}' command");
}
