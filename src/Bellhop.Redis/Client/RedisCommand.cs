using System.Globalization;
using System.Text;

namespace Bellhop.Redis.Client;

/// <summary>One argument of a command: text, a number or bytes.</summary>
internal readonly record struct RedisArgument(ReadOnlyMemory<byte> Bytes)
{
    public static implicit operator RedisArgument(string text) => new(Encoding.UTF8.GetBytes(text));

    public static implicit operator RedisArgument(long number) =>
        new(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    public static implicit operator RedisArgument(byte[] bytes) => new(bytes);

    public static implicit operator RedisArgument(ReadOnlyMemory<byte> bytes) => new(bytes);
}

/// <summary>A command with its arguments, as it is sent.</summary>
internal sealed record RedisCommand(IReadOnlyList<ReadOnlyMemory<byte>> Words)
{
    /// <summary>How long the server itself may take on purpose, as a blocking command does. The default value is zero.</summary>
    public TimeSpan Blocks { get; init; }

    /// <summary>
    /// Whoever waits for the reply goes on at once, on the thread that read it. What he does until he waits again must be
    /// quick and must wait for nothing: meanwhile nobody else on the connection hears anything. The default value is false.
    /// </summary>
    public bool IsUrgent { get; init; }

    /// <summary>The answer comes as a push message, as SUBSCRIBE's does.</summary>
    public bool IsSubscription { get; init; }

    /// <summary><c>Of("SET", key, json, "PX", 15000)</c>.</summary>
    public static RedisCommand Of(params ReadOnlySpan<RedisArgument> words)
    {
        var list = new ReadOnlyMemory<byte>[words.Length];
        for (var i = 0; i < words.Length; i++)
            list[i] = words[i].Bytes;
        return new RedisCommand(list);
    }
}
