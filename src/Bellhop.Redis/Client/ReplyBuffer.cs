using System.Buffers;

namespace Bellhop.Redis.Client;

/// <summary>The bytes that came and were not yet read as replies.</summary>
internal sealed class ReplyBuffer
{
    /// <summary>Enough for nearly every reply; a buffer that had to grow is not kept.</summary>
    private const int UsualBytes = 16 * 1024;

    private byte[] _bytes = new byte[UsualBytes];
    private int _start;
    private int _end;

    /// <summary>Waits for more bytes. False: the other side closed the stream.</summary>
    public bool Fill(Stream stream)
    {
        MakeRoom();
        var count = stream.Read(_bytes, _end, _bytes.Length - _end);
        _end += count;
        return count > 0;
    }

    public ReadOnlySequence<byte> Unread => new(_bytes, _start, _end - _start);

    /// <summary>Keeps only what stands in <paramref name="rest"/>, the end of <see cref="Unread"/>.</summary>
    public void Keep(ReadOnlySequence<byte> rest) => _start = _end - (int)rest.Length;

    private void MakeRoom()
    {
        var kept = _end - _start;
        if (kept == 0 && _bytes.Length > UsualBytes)
            _bytes = new byte[UsualBytes];
        else if (_end == _bytes.Length)
        {
            // Half empty: what is there moves to the front. Else there is a reply that needs more.
            var roomy = kept <= _bytes.Length / 2 ? _bytes : new byte[_bytes.Length * 2];
            Buffer.BlockCopy(_bytes, _start, roomy, 0, kept);
            _bytes = roomy;
        }
        else if (kept > 0)
            return;
        (_start, _end) = (0, kept);
    }
}
