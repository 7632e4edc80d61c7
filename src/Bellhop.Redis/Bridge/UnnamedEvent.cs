using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bellhop.Events;
using Bellhop.Redis.Terminals;

namespace Bellhop.Redis.Bridge;

/// <summary>An event that nobody named, and of which only a terminal's receipts tell.</summary>
internal static class UnnamedEvent
{
    /// <summary>Its key: the same for every receipt of the turn that took it, another one for every other turn.</summary>
    public static Ulid Key(TerminalReceipt receipt, DateTimeOffset now)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        byte[] words =
        [
            .. Encoding.UTF8.GetBytes($"{receipt.Session} {receipt.Turn}\n"),
            .. receipt.Row.GetValueOrDefault().Span,
        ];
        SHA256.HashData(words, hash);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(hash);
        return Ulid.Create(receipt.Turn?.Time ?? now, bits & ((UInt128.One << 80) - 1));
    }
}
