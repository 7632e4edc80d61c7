using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Bellhop.Redis.Listener;

namespace Bellhop.Redis.Commands;

/// <summary>One command as a client sent it.</summary>
/// <param name="Client">Who sent it.</param>
/// <param name="Arguments">Its name and arguments.</param>
/// <param name="InTransaction">EXEC runs it: it must not block.</param>
/// <param name="Cancel">Ends when the connection does.</param>
internal sealed record CommandCall(RespClient Client, byte[][] Arguments, bool InTransaction, CancellationToken Cancel)
{
    public int Count => Arguments.Length;

    public byte[] this[int index] => Arguments[index];

    public ReadOnlyMemory<byte>[] From(int first) => [.. Arguments.Skip(first).Select(a => (ReadOnlyMemory<byte>)a)];

    public string Text(int index) => Encoding.UTF8.GetString(Arguments[index]);

    /// <summary>An option's name, compared without case.</summary>
    public bool Is(int index, string word) => Word(index) == word;

    public string Word(int index) => Text(index).ToUpperInvariant();

    /// <exception cref="CommandFault">It is no integer as Redis writes them.</exception>
    public long Integer(int index, string? fault = null) =>
        TryInteger(Arguments[index], out var number)
            ? number
            : throw (fault is null ? CommandFault.NotAnInteger() : new CommandFault(fault));

    /// <summary>Seconds to wait, as blocking commands take them; null = for ever.</summary>
    public TimeSpan? Timeout(int index)
    {
        const double longest = 49 * 86_400;
        var text = Text(index);
        if (
            !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || !double.IsFinite(seconds)
        )
            throw new CommandFault("ERR timeout is not a float or out of range");
        if (seconds < 0)
            throw new CommandFault("ERR timeout is negative");
        return seconds == 0 ? null : TimeSpan.FromSeconds(Math.Min(seconds, longest));
    }

    private static bool TryInteger(byte[] digits, out long number) =>
        Utf8Parser.TryParse(digits, out number, out var used)
        && used == digits.Length
        && digits is not [(byte)'+', ..] and not [(byte)'0', _, ..] and not [(byte)'-', (byte)'0', ..];
}
