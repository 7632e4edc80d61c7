using System.Buffers;
using System.Buffers.Text;

namespace Bellhop.Redis.Resp;

/// <summary>
/// Reads commands from a byte stream, one at a time, as a server does: arrays of bulk strings and inline lines. Keeps
/// its place between calls, so a command that trickles in is parsed once. Errors are worded as Redis words them.
/// </summary>
internal sealed class RespRequestReader
{
    private List<byte[]> _arguments = [];
    private int _expected;
    private long _bulk = -1;
    private long _toSkip;
    private long _skipped;
    private int _bytes;
    private string? _refusal;

    /// <summary>False until the client has authenticated: then much less is taken from it.</summary>
    public bool Trusted { get; set; } = true;

    /// <summary>True while an array has begun and not ended; a partial line still stands in the buffer.</summary>
    public bool IsInsideArray => _expected > 0;

    /// <summary>Reads the next command and moves <paramref name="buffer"/> past what was used.</summary>
    public RequestRead Read(ref ReadOnlySequence<byte> buffer)
    {
        while (true)
        {
            if (_expected == 0)
            {
                if (buffer.IsEmpty)
                    return RequestRead.Incomplete;
                var begun = buffer.FirstSpan[0] == '*' ? ReadArrayHeader(ref buffer) : ReadInline(ref buffer);
                if (begun is { } done)
                    return done;
                continue;
            }
            if ((_bulk < 0 ? ReadBulkHeader(ref buffer) : null) is { } fault)
                return fault;
            if (!(_refusal is null ? TakeBulk(ref buffer) : SkipBulk(ref buffer)))
                return RequestRead.Incomplete;
            _bulk = -1;
            if (--_expected == 0)
                return Finish();
        }
    }

    private RequestRead Finish()
    {
        var (arguments, refusal) = (_arguments, _refusal);
        _arguments = [];
        _refusal = null;
        _bytes = 0;
        _skipped = 0;
        return refusal is null ? RequestRead.Command([.. arguments]) : RequestRead.TooLarge(refusal);
    }

    private RequestRead? ReadArrayHeader(ref ReadOnlySequence<byte> buffer)
    {
        if (!TryReadLine(ref buffer, out var line, out var tooLong))
            return tooLong ? RequestRead.Protocol("too big mbulk count string") : RequestRead.Incomplete;
        if (!TryParse(line.AsSpan(1), out var count) || count > RespLimits.MaxArguments)
            return RequestRead.Protocol("invalid multibulk length");
        if (!Trusted && count > RespLimits.MaxArgumentsUnauthenticated)
            return RequestRead.Protocol("unauthenticated multibulk length");
        _expected = (int)Math.Max(0, count);
        return null;
    }

    private RequestRead? ReadBulkHeader(ref ReadOnlySequence<byte> buffer)
    {
        if (!TryReadLine(ref buffer, out var line, out var tooLong))
            return tooLong ? RequestRead.Protocol("too big bulk count string") : RequestRead.Incomplete;
        if (line is not [(byte)'$', ..])
            return RequestRead.Protocol($"expected '$', got '{(char)(line is [var first, ..] ? first : (byte)'\r')}'");
        if (!TryParse(line.AsSpan(1), out var length) || length < 0 || length > RespLimits.MaxDeclaredBulk)
            return RequestRead.Protocol("invalid bulk length");
        if (!Trusted && length > RespLimits.MaxBulkUnauthenticated)
            return RequestRead.Protocol("unauthenticated bulk length");
        _bulk = length;
        _refusal ??= Refusal(length);
        if (_refusal is null)
        {
            _bytes += (int)length;
            return null;
        }
        _skipped += length;
        _toSkip = length + 2;
        return _skipped > RespLimits.MaxSkippedBytes ? RequestRead.Fatal(_refusal) : null;
    }

    private string? Refusal(long length) =>
        length > RespLimits.MaxBulkBytes
            ? $"ERR BH-4131 The argument has {length:N0} bytes; at most {RespLimits.MaxBulkBytes:N0} are taken. Put large data in a file and send its path."
        : _bytes + length > RespLimits.MaxRequestBytes
            ? $"ERR BH-4131 The command has more than {RespLimits.MaxRequestBytes:N0} bytes. Send fewer values in each."
        : null;

    private bool TakeBulk(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < _bulk + 2)
            return false;
        _arguments.Add(buffer.Slice(0, _bulk).ToArray());
        buffer = buffer.Slice(_bulk + 2);
        return true;
    }

    private bool SkipBulk(ref ReadOnlySequence<byte> buffer)
    {
        _arguments.Clear();
        var step = Math.Min(_toSkip, buffer.Length);
        buffer = buffer.Slice(step);
        _toSkip -= step;
        return _toSkip == 0;
    }

    private static RequestRead? ReadInline(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
            return buffer.Length > RespLimits.MaxLineBytes
                ? RequestRead.Protocol("too big inline request")
                : RequestRead.Incomplete;
        var line = buffer.Slice(0, end);
        if (line.Length > RespLimits.MaxLineBytes)
            return RequestRead.Protocol("too big inline request");
        var bytes = line.ToArray().AsSpan();
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        if (bytes is [.., (byte)'\r'])
            bytes = bytes[..^1];
        if (!InlineArguments.TrySplit(bytes, out var arguments))
            return RequestRead.Protocol("unbalanced quotes in request");
        return arguments.Length == 0 ? null : RequestRead.Command(arguments);
    }

    /// <summary>Reads up to CR LF, as Redis does: it looks for the CR and takes the next byte on trust.</summary>
    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out byte[] line, out bool tooLong)
    {
        line = [];
        tooLong = false;
        if (buffer.PositionOf((byte)'\r') is not { } end)
        {
            tooLong = buffer.Length > RespLimits.MaxLineBytes;
            return false;
        }
        var content = buffer.Slice(0, end);
        tooLong = content.Length > RespLimits.MaxLineBytes;
        if (tooLong || buffer.Length < content.Length + 2)
            return false;
        line = content.ToArray();
        buffer = buffer.Slice(content.Length + 2);
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> digits, out long number) =>
        Utf8Parser.TryParse(digits, out number, out var used) && used == digits.Length && digits[0] != '+';
}
