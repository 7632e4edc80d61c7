using System.Security.Cryptography;
using System.Text;

namespace Bellhop.Redis.Client;

/// <summary>A Lua script, known to the server by its hash once it ran.</summary>
internal sealed class RedisScript(string text)
{
    private readonly string _sha = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The short form: the server must know it.</summary>
    public RedisCommand BySha(IReadOnlyList<RedisArgument> keys, IReadOnlyList<RedisArgument> arguments) =>
        RedisCommand.Of(["EVALSHA", _sha, keys.Count, .. keys, .. arguments]);

    /// <summary>The whole text, by which the server learns it.</summary>
    public RedisCommand ByText(IReadOnlyList<RedisArgument> keys, IReadOnlyList<RedisArgument> arguments) =>
        RedisCommand.Of(["EVAL", text, keys.Count, .. keys, .. arguments]);
}
