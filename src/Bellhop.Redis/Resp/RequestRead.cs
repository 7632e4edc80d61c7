namespace Bellhop.Redis.Resp;

/// <summary>What the bytes so far amount to.</summary>
internal enum RequestKind
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A command with at least its name.</summary>
    Command,

    /// <summary>A command over a limit, already skipped: answer the error and go on.</summary>
    TooLarge,

    /// <summary>Answer the error and close: where the next command starts is not known or too far away.</summary>
    Fatal,
}

/// <summary>One step of reading requests.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Arguments">The command's name and arguments.</param>
/// <param name="Error">The error line to answer.</param>
internal readonly record struct RequestRead(RequestKind Kind, byte[][] Arguments, string? Error)
{
    public static readonly RequestRead Incomplete = new(RequestKind.Incomplete, [], null);

    public static RequestRead Command(byte[][] arguments) => new(RequestKind.Command, arguments, null);

    public static RequestRead TooLarge(string error) => new(RequestKind.TooLarge, [], error);

    public static RequestRead Fatal(string error) => new(RequestKind.Fatal, [], error);

    public static RequestRead Protocol(string fault) => Fatal("ERR Protocol error: " + fault);
}
