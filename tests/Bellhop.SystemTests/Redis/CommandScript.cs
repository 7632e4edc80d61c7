using System.Text;
using System.Text.RegularExpressions;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Redis;

/// <summary>
/// A recorded script: one step a line, over connections named by a letter. What came back is returned as text, so that
/// two servers' answers can be compared.
/// <code>
/// A> SET k v      send, read one reply          A~ CLIENT ID   the same; the reply may differ (see below)
/// A>> BLMOVE …    send, read nothing yet        A&lt;             read one more reply
/// A! *1\r\n$…     send raw bytes, read nothing  A&lt;|            read until the server closes
/// </code>
/// A line that begins with <c>#</c> is a comment; <c>#! once</c> runs the script in RESP2 only.
/// </summary>
internal sealed partial class CommandScript(string path)
{
    private readonly string[] _lines = File.ReadAllLines(path);

    public bool IsForResp2Only => _lines.Contains("#! once");

    /// <summary>Each step with what came back.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(int port, bool resp3)
    {
        var connections = new Dictionary<string, RespConnection>(StringComparer.Ordinal);
        var transcript = new List<string>();
        try
        {
            foreach (var line in _lines.Where(l => l.Length > 0 && l[0] != '#'))
            {
                var step = Step().Match(line);
                if (!step.Success)
                    throw new FormatException($"{path}: '{line}' is no step.");
                var connection = await ConnectionAsync(connections, step.Groups["name"].Value, port, resp3);
                var text = step.Groups["text"].Value;
                transcript.Add($"{line}  ->  {Show(await TakeAsync(connection, step.Groups["what"].Value, text))}");
            }
        }
        finally
        {
            connections.Values.ToList().ForEach(c => c.Dispose());
        }
        return transcript;
    }

    private static async Task<RespConnection> ConnectionAsync(
        Dictionary<string, RespConnection> connections,
        string name,
        int port,
        bool resp3
    )
    {
        if (connections.TryGetValue(name, out var open))
            return open;
        var connection = connections[name] = await RespConnection.OpenAsync(port);
        if (resp3)
        {
            await connection.SendAsync(RespConnection.Frame("HELLO", "3"));
            await connection.ReplyAsync();
        }
        return connection;
    }

    private static async Task<string> TakeAsync(RespConnection connection, string what, string text)
    {
        if (what is ">" or ">>" or "~")
            await connection.SendAsync(RespConnection.Frame(Words(text)));
        else if (what == "!")
            await connection.SendAsync(Unescape(text));
        return what switch
        {
            ">" or "<" => await connection.ReplyAsync(),
            // Only what kind of reply it is must be equal.
            "~" => (await connection.ReplyAsync())[..1],
            "<|" => await connection.RestAsync(),
            _ => "",
        };
    }

    /// <summary>Words parted by blanks; "double quotes" hold blanks and escapes.</summary>
    private static byte[][] Words(string text) =>
        [
            .. Word()
                .Matches(text)
                .Select(m => Unescape(m.Groups["quoted"].Success ? m.Groups["quoted"].Value : m.Value)),
        ];

    private static byte[] Unescape(string text) => Encoding.Latin1.GetBytes(Regex.Unescape(text));

    private static string Show(string raw) => raw.Replace("\r", "\\r").Replace("\n", "\\n");

    [GeneratedRegex("^(?<name>[A-D])(?<what>>>|<\\||[>~!<])(?: (?<text>.*))?$")]
    private static partial Regex Step();

    [GeneratedRegex("\"(?<quoted>(?:[^\"\\\\]|\\\\.)*)\"|\\S+")]
    private static partial Regex Word();
}
