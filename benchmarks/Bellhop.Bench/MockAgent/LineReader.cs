namespace Bellhop.Bench.MockAgent;

/// <summary>Splits a stream at <c>\n</c> only, with blocking reads: nothing stands between the pipe and the clock.</summary>
internal sealed class LineReader(Stream input)
{
    private const int FirstBuffer = 64 * 1024;

    private byte[] _buffer = new byte[FirstBuffer];
    private int _length;

    /// <summary>Hands over each line, valid only during the call, until the stream ends.</summary>
    public void ReadAll(Action<ReadOnlyMemory<byte>> take)
    {
        while (true)
        {
            if (_length == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = input.Read(_buffer, _length, _buffer.Length - _length);
            if (read == 0)
                return;
            var searched = _length;
            _length += read;
            TakeLines(searched, take);
        }
    }

    private void TakeLines(int searched, Action<ReadOnlyMemory<byte>> take)
    {
        var start = 0;
        for (int end; (end = IndexOfNewline(Math.Max(start, searched))) >= 0; start = end + 1)
            take(_buffer.AsMemory(start, end - start));
        _buffer.AsSpan(start, _length - start).CopyTo(_buffer);
        _length -= start;
    }

    private int IndexOfNewline(int from)
    {
        var at = _buffer.AsSpan(from, _length - from).IndexOf((byte)'\n');
        return at < 0 ? -1 : from + at;
    }
}
