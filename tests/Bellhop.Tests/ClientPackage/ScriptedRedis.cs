using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bellhop.Tests.ClientPackage;

/// <summary>Stands in for a Redis: answers each command as told, and remembers what it was sent.</summary>
internal sealed class ScriptedRedis : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string[], string?> _answer;
    private readonly Task _serving;

    /// <summary><paramref name="answer"/> returns the reply's bytes, or null to break the connection.</summary>
    public ScriptedRedis(Func<string[], string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public List<string[]> Commands { get; } = [];

    public string Url => $"redis://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Answers like a Redis in which these sessions are registered.</summary>
    public static string? Usual(string[] command, params string[] registered) =>
        command[0] switch
        {
            "SMEMBERS" => $"*{registered.Length}\r\n" + string.Concat(registered.Select(Bulk)),
            "MULTI" or "AUTH" or "SELECT" => "+OK\r\n",
            "EXEC" => "*2\r\n:1\r\n:0\r\n",
            _ => "+QUEUED\r\n",
        };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            while (await ReadAsync(reader) is { } command)
            {
                Commands.Add(command);
                if (_answer(command) is not { } reply)
                    break;
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(reply), _stop.Token);
            }
        }
    }

    private async Task<string[]?> ReadAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync(_stop.Token) is not ['*', .. var count])
            return null;
        var words = new string[int.Parse(count)];
        for (var i = 0; i < words.Length; i++)
        {
            await reader.ReadLineAsync(_stop.Token);
            words[i] = (await reader.ReadLineAsync(_stop.Token))!;
        }
        return words;
    }
}
