using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bellhop.Bench.MockAgent;

/// <summary>
/// The session file as pi keeps it: a header, then linked entries, a line each, appended as each message is finished and
/// created with the first of them.
/// </summary>
internal sealed class Transcript : IDisposable
{
    private readonly string? _path;
    private readonly TimeProvider _time;
    private FileStream? _file;
    private string? _last;

    public Transcript(string? path, TimeProvider time)
    {
        _path = path is null ? null : System.IO.Path.GetFullPath(path);
        _time = time;
        if (_path is null || !File.Exists(_path))
            return;
        foreach (var entry in Entries(_path))
        {
            if ((string?)entry["type"] == "session")
            {
                SessionId = (string?)entry["id"] ?? SessionId;
                continue;
            }
            _last = (string?)entry["id"] ?? _last;
            Messages++;
        }
    }

    public string? Path => _path;

    public string SessionId { get; private set; } = Guid.NewGuid().ToString();

    public int Messages { get; private set; }

    public void Append(JsonNode message)
    {
        Messages++;
        if (_path is null)
            return;
        var id = Guid.NewGuid().ToString("N")[..8];
        var entry = new JsonObject
        {
            ["type"] = "message",
            ["id"] = id,
            ["parentId"] = _last,
            ["timestamp"] = Now(),
            ["message"] = message.DeepClone(),
        };
        Write(entry);
        _last = id;
    }

    /// <summary>The readable lines of a session file; a torn one is passed over, as pi does.</summary>
    public static IEnumerable<JsonObject> Entries(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is { } entry)
                yield return entry;
        }
    }

    public void Dispose() => _file?.Dispose();

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Write(JsonObject entry)
    {
        if (_file is null)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path!)!);
            var isNew = !File.Exists(_path) || new FileInfo(_path!).Length == 0;
            // Unbuffered: what a message_end announced is in the file.
            _file = new FileStream(_path!, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            if (isNew)
                WriteLine(Header());
        }
        WriteLine(entry);
    }

    private void WriteLine(JsonObject entry)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(entry);
        Array.Resize(ref bytes, bytes.Length + 1);
        bytes[^1] = (byte)'\n';
        _file!.Write(bytes);
    }

    private JsonObject Header() =>
        new()
        {
            ["type"] = "session",
            ["version"] = 3,
            ["id"] = SessionId,
            ["timestamp"] = Now(),
            ["cwd"] = Environment.CurrentDirectory,
        };

    private string Now() => _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
}
