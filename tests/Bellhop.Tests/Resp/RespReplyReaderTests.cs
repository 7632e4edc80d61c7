using System.Buffers;
using System.Text;
using Bellhop.Redis.Resp;

namespace Bellhop.Tests.Resp;

public sealed class RespReplyReaderTests(ITestOutputHelper output)
{
    private static readonly RespValue Sample = RespValue.Array([
        RespValue.Ok,
        new RespError("ERR no"),
        new RespInteger(-7),
        RespValue.Bulk("a\r\nb"),
        RespValue.Null,
        RespValue.Map([RespValue.Bulk("k"), RespValue.Set([RespValue.One])]),
        new RespBoolean(true),
        new RespDouble(1.5),
        new RespBigNumber("123456789012345678901234567890"),
        new RespVerbatim("txt", "hello"),
        RespValue.Push([]),
    ]);

    [Fact]
    public void TryRead_WhatTheWriterWrote_SplitAtEveryByte_IsTheSame()
    {
        var bytes = Written(Sample, RespVersion.Resp3);
        for (var split = 0; split <= bytes.Length; split++)
        {
            var reader = new RespReplyReader();
            var buffer = new ReadOnlySequence<byte>(bytes[..split]);
            var early = reader.TryRead(ref buffer, out var value);
            if (!early)
            {
                buffer = new ReadOnlySequence<byte>([.. buffer.ToArray(), .. bytes[split..]]);
                reader.TryRead(ref buffer, out value).ShouldBeTrue($"split at {split}");
            }
            value.ShouldBe(Sample, $"split at {split}");
            buffer.IsEmpty.ShouldBeTrue();
        }
    }

    [Fact]
    public void Write_Resp2_SaysWhatItCanNotSayInOtherTypes()
    {
        Encoding
            .ASCII.GetString(Written(RespValue.Map([RespValue.One, new RespBoolean(true)]), RespVersion.Resp2))
            .ShouldBe("*2\r\n:1\r\n:1\r\n");
        Encoding.ASCII.GetString(Written(RespValue.NullArray, RespVersion.Resp2)).ShouldBe("*-1\r\n");
        Encoding.ASCII.GetString(Written(RespValue.NullArray, RespVersion.Resp3)).ShouldBe("_\r\n");
    }

    [Fact]
    public void Write_ErrorWithLineBreak_StaysOneLine() =>
        Encoding.ASCII.GetString(Written(new RespError("ERR a\r\nb"), RespVersion.Resp2)).ShouldBe("-ERR a  b\r\n");

    [Fact]
    public void TryRead_Attribute_IsLeftOut()
    {
        var buffer = new ReadOnlySequence<byte>("|1\r\n+ttl\r\n:9\r\n*1\r\n:1\r\n"u8.ToArray());

        new RespReplyReader().TryRead(ref buffer, out var value).ShouldBeTrue();

        value.ShouldBe(RespValue.Array([RespValue.One]));
    }

    [Fact]
    public void TryRead_RandomBytes_ThrowsProtocolErrorsOnly()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        const string alphabet = "*$+-:_#,(=!%~>|\r\n0123456789tx";
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Enumerable
                .Range(0, random.Next(1, 48))
                .Select(_ => (byte)alphabet[random.Next(alphabet.Length)])
                .ToArray();
            var reader = new RespReplyReader();
            var buffer = new ReadOnlySequence<byte>(bytes);
            try
            {
                while (reader.TryRead(ref buffer, out _))
                    continue;
            }
            catch (RespProtocolException e)
            {
                e.Message.ShouldNotBeEmpty();
            }
        }
    }

    private static byte[] Written(RespValue value, RespVersion version)
    {
        var written = new ArrayBufferWriter<byte>();
        RespWriter.Write(written, value, version);
        return written.WrittenSpan.ToArray();
    }
}
