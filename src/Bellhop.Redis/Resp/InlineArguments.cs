using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Bellhop.Redis.Resp;

/// <summary>Splits an inline command into words: blanks part them, "double" quotes know escapes, 'single' ones only \'.</summary>
internal static class InlineArguments
{
    /// <summary>False where a quote is not closed, or not followed by a blank.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> line, [NotNullWhen(true)] out byte[][]? arguments)
    {
        var words = new List<byte[]>();
        arguments = null;
        var at = 0;
        while (true)
        {
            while (at < line.Length && IsBlank(line[at]))
                at++;
            if (at == line.Length)
                break;
            if (!TryReadWord(line, ref at, out var word))
                return false;
            words.Add(word);
        }
        arguments = [.. words];
        return true;
    }

    private static bool TryReadWord(ReadOnlySpan<byte> line, ref int at, out byte[] word)
    {
        var bytes = new List<byte>();
        word = [];
        while (at < line.Length && !IsBlank(line[at]))
        {
            if (line[at] is not ((byte)'"' or (byte)'\''))
            {
                bytes.Add(line[at++]);
                continue;
            }
            if (!TryReadQuoted(line, ref at, bytes) || (at < line.Length && !IsBlank(line[at])))
                return false;
        }
        word = [.. bytes];
        return true;
    }

    private static bool TryReadQuoted(ReadOnlySpan<byte> line, ref int at, List<byte> bytes)
    {
        var quote = line[at++];
        while (at < line.Length)
        {
            var c = line[at++];
            if (c == quote)
                return true;
            if (c == '\\' && at < line.Length && (quote == '"' || line[at] == '\''))
                bytes.Add(quote == '"' ? Unescape(line, ref at) : line[at++]);
            else
                bytes.Add(c);
        }
        return false;
    }

    private static byte Unescape(ReadOnlySpan<byte> line, ref int at)
    {
        var c = line[at++];
        if (
            c == 'x'
            && at + 2 <= line.Length
            && byte.TryParse(line.Slice(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b)
        )
        {
            at += 2;
            return b;
        }
        return c switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            _ => c,
        };
    }

    private static bool IsBlank(byte b) =>
        b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0x0b or 0x0c or 0;
}
