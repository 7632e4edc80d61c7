using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Bellhop.Redis.Resp;

/// <summary>Writes replies in the connection's protocol, and commands, which look the same in both.</summary>
internal static class RespWriter
{
    /// <summary>Writes a command as an array of bulk strings.</summary>
    public static void WriteCommand(IBufferWriter<byte> output, IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        Header(output, '*', arguments.Count);
        foreach (var argument in arguments)
            Bulk(output, argument.Span);
    }

    /// <summary>Writes one reply.</summary>
    public static void Write(IBufferWriter<byte> output, RespValue value, RespVersion version)
    {
        switch (value)
        {
            case RespStatus status:
                Line(output, '+', status.Text);
                break;
            case RespError error:
                Line(output, '-', error.Text);
                break;
            case RespInteger integer:
                Header(output, ':', integer.Value);
                break;
            case RespBulk bulk:
                Bulk(output, bulk.Bytes.Span);
                break;
            case RespNull missing:
                output.Write(
                    version == RespVersion.Resp3 ? "_\r\n"u8
                    : missing.IsArray ? "*-1\r\n"u8
                    : "$-1\r\n"u8
                );
                break;
            case RespAggregate aggregate:
                Aggregate(output, aggregate, version);
                break;
            case RespNone:
                break;
            default:
                WriteScalar(output, value, version);
                break;
        }
    }

    /// <summary>The types that RESP2 has no word for.</summary>
    private static void WriteScalar(IBufferWriter<byte> output, RespValue value, RespVersion version)
    {
        var resp3 = version == RespVersion.Resp3;
        switch (value)
        {
            case RespVerbatim verbatim:
                var text = Encoding.UTF8.GetBytes(resp3 ? verbatim.Format + ":" + verbatim.Text : verbatim.Text);
                Header(output, resp3 ? '=' : '$', text.Length);
                output.Write(text);
                output.Write("\r\n"u8);
                break;
            case RespBoolean boolean when resp3:
                output.Write(boolean.Value ? "#t\r\n"u8 : "#f\r\n"u8);
                break;
            case RespBoolean boolean:
                Header(output, ':', boolean.Value ? 1 : 0);
                break;
            case RespDouble number when resp3:
                Line(output, ',', number.Value.ToString("R", CultureInfo.InvariantCulture));
                break;
            case RespDouble number:
                Bulk(output, Encoding.ASCII.GetBytes(number.Value.ToString("R", CultureInfo.InvariantCulture)));
                break;
            case RespBigNumber big when resp3:
                Line(output, '(', big.Digits);
                break;
            case RespBigNumber big:
                Bulk(output, Encoding.ASCII.GetBytes(big.Digits));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value), value, "Not a reply.");
        }
    }

    private static void Aggregate(IBufferWriter<byte> output, RespAggregate aggregate, RespVersion version)
    {
        var resp3 = version == RespVersion.Resp3;
        var (mark, count) = aggregate.Kind switch
        {
            RespAggregateKind.Map when resp3 => ('%', aggregate.Items.Count / 2),
            RespAggregateKind.Set when resp3 => ('~', aggregate.Items.Count),
            RespAggregateKind.Push when resp3 => ('>', aggregate.Items.Count),
            _ => ('*', aggregate.Items.Count),
        };
        Header(output, mark, count);
        foreach (var item in aggregate.Items)
            Write(output, item, version);
    }

    private static void Bulk(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        Header(output, '$', bytes.Length);
        output.Write(bytes);
        output.Write("\r\n"u8);
    }

    private static void Header(IBufferWriter<byte> output, char mark, long number)
    {
        const int longest = 1 + 20 + 2;
        var span = output.GetSpan(longest);
        span[0] = (byte)mark;
        Utf8Formatter.TryFormat(number, span[1..], out var digits);
        "\r\n"u8.CopyTo(span[(1 + digits)..]);
        output.Advance(digits + 3);
    }

    /// <summary>A line ends at the first CR or LF, so neither may stand in it.</summary>
    private static void Line(IBufferWriter<byte> output, char mark, string text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length) + 3);
        span[0] = (byte)mark;
        var length = Encoding.UTF8.GetBytes(text, span[1..]);
        var line = span.Slice(1, length);
        line.Replace((byte)'\r', (byte)' ');
        line.Replace((byte)'\n', (byte)' ');
        "\r\n"u8.CopyTo(span[(1 + length)..]);
        output.Advance(length + 3);
    }
}
