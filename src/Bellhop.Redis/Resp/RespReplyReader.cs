using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Bellhop.Redis.Resp;

/// <summary>
/// Reads replies from a byte stream, one at a time, as a client does; RESP2 and RESP3 alike. Keeps its place between
/// calls, so a long reply that trickles in is parsed once.
/// </summary>
internal sealed class RespReplyReader
{
    private readonly Stack<Frame> _open = [];

    /// <summary>Reads the next reply and moves <paramref name="buffer"/> past what was used. False: more bytes are needed.</summary>
    /// <exception cref="RespProtocolException">The peer does not speak the protocol, or exceeds a limit.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out RespValue value)
    {
        while (TryReadNode(ref buffer, out var node))
        {
            while (node is not null)
            {
                if (_open.Count == 0)
                {
                    value = node;
                    return true;
                }
                node = AddToOpen(node);
            }
        }
        value = RespValue.None;
        return false;
    }

    /// <summary>Puts a finished value into the innermost aggregate; returns that one when it is finished by it.</summary>
    private RespAggregate? AddToOpen(RespValue node)
    {
        var frame = _open.Peek();
        frame.Items.Add(node);
        if (--frame.Remaining > 0)
            return null;
        _open.Pop();
        return frame.IsAttribute ? null : new RespAggregate(frame.Kind, frame.Items);
    }

    /// <summary>Reads a scalar, or opens an aggregate (then <paramref name="node"/> is null).</summary>
    private bool TryReadNode(ref ReadOnlySequence<byte> buffer, out RespValue? node)
    {
        node = null;
        if (buffer.PositionOf((byte)'\n') is not { } end)
            return buffer.Length > RespReplyLimits.MaxLineBytes
                ? throw new RespProtocolException("a line is too long")
                : false;
        var line = buffer.Slice(0, end).ToArray().AsSpan();
        if (line is not [_, .., (byte)'\r'] || line.Length > RespReplyLimits.MaxLineBytes)
            throw new RespProtocolException("a line does not end in CR LF");
        var mark = (char)line[0];
        var text = line[1..^1];
        var rest = buffer.Slice(buffer.GetPosition(1, end));
        if (mark is '$' or '=' or '!')
        {
            if (!TryReadBulk(mark, text, ref rest, out node))
                return false;
        }
        else
        {
            node = ReadLine(mark, text);
        }
        buffer = rest;
        return true;
    }

    private RespValue? ReadLine(char mark, ReadOnlySpan<byte> text) =>
        mark switch
        {
            '+' => new RespStatus(Encoding.UTF8.GetString(text)),
            '-' => new RespError(Encoding.UTF8.GetString(text)),
            ':' => new RespInteger(Number(text)),
            '_' => RespValue.Null,
            '#' => new RespBoolean(text is [(byte)'t']),
            ',' => new RespDouble(Double(Encoding.ASCII.GetString(text))),
            '(' => new RespBigNumber(Encoding.ASCII.GetString(text)),
            '*' => Open(RespAggregateKind.Array, text),
            '~' => Open(RespAggregateKind.Set, text),
            '>' => Open(RespAggregateKind.Push, text),
            '%' => Open(RespAggregateKind.Map, text),
            '|' => Open(RespAggregateKind.Map, text, attribute: true),
            _ => throw new RespProtocolException($"no reply begins with byte {(int)mark}"),
        };

    private RespValue? Open(RespAggregateKind kind, ReadOnlySpan<byte> text, bool attribute = false)
    {
        var count = Number(text);
        if (count == -1 && kind == RespAggregateKind.Array)
            return RespValue.NullArray;
        if (count is < 0 or > RespReplyLimits.MaxElements || _open.Count >= RespReplyLimits.MaxDepth)
            throw new RespProtocolException("an aggregate is too large or too deep");
        var items = (int)count * (kind == RespAggregateKind.Map ? 2 : 1);
        if (items == 0)
            return attribute ? null : new RespAggregate(kind, []);
        _open.Push(new Frame(kind, attribute) { Remaining = items });
        return null;
    }

    private static bool TryReadBulk(
        char mark,
        ReadOnlySpan<byte> text,
        ref ReadOnlySequence<byte> rest,
        out RespValue? node
    )
    {
        node = null;
        var length = Number(text);
        if (length == -1 && mark == '$')
        {
            node = RespValue.Null;
            return true;
        }
        if (length is < 0 or > RespReplyLimits.MaxBulkBytes)
            throw new RespProtocolException("a bulk string is too long");
        if (rest.Length < length + 2)
            return false;
        var bytes = rest.Slice(0, length).ToArray();
        rest = rest.Slice(length + 2);
        node = mark switch
        {
            '$' => new RespBulk(bytes),
            '!' => new RespError(Encoding.UTF8.GetString(bytes)),
            _ when bytes is [var a, var b, var c, (byte)':', .. var content] => new RespVerbatim(
                Encoding.ASCII.GetString([a, b, c]),
                Encoding.UTF8.GetString(content)
            ),
            _ => throw new RespProtocolException("a verbatim string names no format"),
        };
        return true;
    }

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length
            ? number
            : throw new RespProtocolException("a number is none");

    private static double Double(string text) =>
        text switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw new RespProtocolException("a number is none"),
        };

    private sealed class Frame(RespAggregateKind kind, bool isAttribute)
    {
        public RespAggregateKind Kind => kind;

        /// <summary>Remarks about the value that follows, which nobody asked for.</summary>
        public bool IsAttribute => isAttribute;

        public List<RespValue> Items { get; } = [];

        public int Remaining { get; set; }
    }
}
