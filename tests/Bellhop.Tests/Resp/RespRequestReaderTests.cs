using System.Buffers;
using System.Text;
using Bellhop.Redis.Resp;

namespace Bellhop.Tests.Resp;

public sealed class RespRequestReaderTests(ITestOutputHelper output)
{
    private const string Two = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\nPING \"x y\"\r\n";

    [Fact]
    public void Read_SplitAtEveryByte_GivesTheSameCommands()
    {
        var bytes = Encoding.Latin1.GetBytes(Two);
        for (var split = 0; split <= bytes.Length; split++)
            Commands(bytes[..split], bytes[split..]).ShouldBe(["SET|k|a\r\nb", "PING|x y"], $"split at {split}");
    }

    [Fact]
    public void Read_ByteByByte_GivesTheSameCommands() =>
        Commands([.. Encoding.Latin1.GetBytes(Two).Select(b => new[] { b })]).ShouldBe(["SET|k|a\r\nb", "PING|x y"]);

    [Fact]
    public void Read_RandomBytes_NeverThrows()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(1, 64)];
            random.NextBytes(bytes);
            for (var i = 0; i < bytes.Length; i++)
            {
                if (random.Next(2) == 0)
                    bytes[i] = (byte)"*$\r\n0123456789-\"'\\x "[random.Next(20)];
            }
            var reader = new RespRequestReader();
            var buffer = new ReadOnlySequence<byte>(bytes);
            while (reader.Read(ref buffer).Kind is RequestKind.Command or RequestKind.TooLarge)
                continue;
        }
    }

    [Theory]
    [InlineData("*1\r\n$x\r\n", "ERR Protocol error: invalid bulk length")]
    [InlineData("*1\r\nfoo\r\n", "ERR Protocol error: expected '$', got 'f'")]
    [InlineData("*x\r\n", "ERR Protocol error: invalid multibulk length")]
    [InlineData("*65537\r\n", "ERR Protocol error: invalid multibulk length")]
    [InlineData("PING \"open\r\n", "ERR Protocol error: unbalanced quotes in request")]
    [InlineData("*1\r\n$99999999999\r\n", "ERR Protocol error: invalid bulk length")]
    public void Read_BrokenFrame_IsFatal(string text, string error)
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text));

        var read = new RespRequestReader().Read(ref buffer);

        read.Kind.ShouldBe(RequestKind.Fatal);
        read.Error.ShouldBe(error);
    }

    [Fact]
    public void Read_InlineLineOver64KiB_IsFatal()
    {
        var buffer = new ReadOnlySequence<byte>(new byte[RespLimits.MaxLineBytes + 1]);

        new RespRequestReader().Read(ref buffer).Error.ShouldBe("ERR Protocol error: too big inline request");
    }

    [Fact]
    public void Read_BulkOver1MiB_IsSkippedAndTheNextCommandRead()
    {
        var length = RespLimits.MaxBulkBytes + 1;
        var reader = new RespRequestReader();
        var header = Encoding.Latin1.GetBytes($"*2\r\n$4\r\nECHO\r\n${length}\r\n");
        var buffer = new ReadOnlySequence<byte>([.. header, .. new byte[length], .. "\r\n*1\r\n$4\r\nPING\r\n"u8]);

        var refused = reader.Read(ref buffer);
        var next = reader.Read(ref buffer);

        refused.Kind.ShouldBe(RequestKind.TooLarge);
        refused.Error!.ShouldStartWith("ERR BH-4131 ");
        next.Arguments.Single().ShouldBe("PING"u8.ToArray());
    }

    [Fact]
    public void Read_BulkOver1MiB_IsConsumedAsItComes()
    {
        var reader = new RespRequestReader();
        var header = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes($"*1\r\n${RespLimits.MaxBulkBytes + 1}\r\n"));
        reader.Read(ref header).Kind.ShouldBe(RequestKind.Incomplete);
        var part = new ReadOnlySequence<byte>(new byte[1000]);

        reader.Read(ref part).Kind.ShouldBe(RequestKind.Incomplete);

        part.IsEmpty.ShouldBeTrue("what is thrown away must not pile up");
    }

    [Fact]
    public void Read_BulkOver16MiB_IsFatalAtItsHeader()
    {
        var buffer = new ReadOnlySequence<byte>(
            Encoding.Latin1.GetBytes($"*2\r\n$4\r\nECHO\r\n${RespLimits.MaxSkippedBytes + 1}\r\n")
        );

        var read = new RespRequestReader().Read(ref buffer);

        read.Kind.ShouldBe(RequestKind.Fatal);
        read.Error!.ShouldStartWith("ERR BH-4131 ");
    }

    [Fact]
    public void Read_ManyBulksOver4MiBInAll_IsRefused()
    {
        var one = Encoding.Latin1.GetBytes(
            $"${RespLimits.MaxBulkBytes}\r\n" + new string('x', RespLimits.MaxBulkBytes) + "\r\n"
        );
        var buffer = new ReadOnlySequence<byte>([.. "*5\r\n"u8, .. one, .. one, .. one, .. one, .. "$1\r\nx\r\n"u8]);

        new RespRequestReader().Read(ref buffer).Kind.ShouldBe(RequestKind.TooLarge);
    }

    [Theory]
    [InlineData("*11\r\n", "ERR Protocol error: unauthenticated multibulk length")]
    [InlineData("*1\r\n$16385\r\n", "ERR Protocol error: unauthenticated bulk length")]
    public void Read_Unauthenticated_TakesLittle(string text, string error)
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text));

        new RespRequestReader { Trusted = false }
            .Read(ref buffer)
            .Error.ShouldBe(error);
    }

    private static List<string> Commands(params byte[][] parts)
    {
        var reader = new RespRequestReader();
        var commands = new List<string>();
        byte[] rest = [];
        foreach (var part in parts)
        {
            var buffer = new ReadOnlySequence<byte>([.. rest, .. part]);
            while (reader.Read(ref buffer) is { Kind: RequestKind.Command } read)
                commands.Add(string.Join('|', read.Arguments.Select(Encoding.Latin1.GetString)));
            rest = buffer.ToArray();
        }
        return commands;
    }
}
