using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Bellhop.Redis.Client;

/// <summary>A Lua script, known to the server by its hash once it ran.</summary>
internal sealed class RedisScript(string text)
{
    private readonly string _sha = Hash(text);

    /// <summary>The short form: the server must know it.</summary>
    public RedisCommand BySha(IReadOnlyList<RedisArgument> keys, IReadOnlyList<RedisArgument> arguments) =>
        RedisCommand.Of(["EVALSHA", _sha, keys.Count, .. keys, .. arguments]);

    /// <summary>The whole text, by which the server learns it.</summary>
    public RedisCommand ByText(IReadOnlyList<RedisArgument> keys, IReadOnlyList<RedisArgument> arguments) =>
        RedisCommand.Of(["EVAL", text, keys.Count, .. keys, .. arguments]);

    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by SHA-1; nothing is protected by it.")]
    private static string Hash(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
}
