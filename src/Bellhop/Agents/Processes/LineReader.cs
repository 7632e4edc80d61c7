namespace Bellhop.Agents.Processes;

/// <summary>
/// Splits a stream at <c>\n</c> and nothing else: U+2028, U+2029 and U+0085 are ordinary characters inside a JSON
/// string, and most line readers break there. A rest without its newline at the end is torn and not given out.
/// </summary>
internal sealed class LineReader(Stream stream, int limit)
{
    private const int Initial = 64 * 1024;

    private byte[] _buffer = new byte[Initial];
    private int _start;
    private int _scanned;
    private int _end;

    /// <summary>The next line without its newline, valid until the next call; null at the end.</summary>
    /// <exception cref="LineTooLongException">A line beyond the limit; the stream is of no use any more.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancel)
    {
        for (; ; )
        {
            var newline = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
            if (newline >= 0)
                return Take(_scanned + newline);
            _scanned = _end;
            if (_end - _start > limit)
                throw new LineTooLongException(limit);
            MakeRoom();
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancel);
            if (count == 0)
                return null;
            _end += count;
        }
    }

    private ReadOnlyMemory<byte> Take(int end)
    {
        var line = _buffer.AsMemory(_start, end - _start);
        _start = _scanned = end + 1;
        return line;
    }

    private void MakeRoom()
    {
        if (_start == _end && _buffer.Length > Initial)
            _buffer = new byte[Initial]; // one huge line must not be paid for ever after
        else if (_start > 0)
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_scanned, _end, _start) = (_scanned - _start, _end - _start, 0);
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
