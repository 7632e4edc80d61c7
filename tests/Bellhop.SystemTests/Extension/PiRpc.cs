using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>A pi in RPC mode, driven by the bytes on its pipes.</summary>
internal sealed class PiRpc : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<JsonObject> _records = Channel.CreateBounded<JsonObject>(100_000);
    private readonly List<JsonObject> _seen = [];
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private int _ids;

    public PiRpc(string program, string[] arguments, IReadOnlyDictionary<string, string?> environment, string folder)
    {
        var info = Processes.Describe(program, arguments, environment);
        info.WorkingDirectory = folder;
        _process = Process.Start(info)!;
        _errors = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything it said so far that a wait has looked at.</summary>
    public IReadOnlyList<JsonObject> Seen => _seen;

    /// <summary>User messages that began, as texts.</summary>
    public IEnumerable<string> Told => _seen.Select(ToldOf).OfType<string>();

    /// <summary>The text of a user message that begins; null for every other record.</summary>
    public static string? ToldOf(JsonObject record) =>
        (string?)record["type"] == "message_start" && (string?)record["message"]?["role"] == "user"
            ? record["message"]!["content"] is JsonArray parts
                ? string.Concat(parts.Select(p => (string?)p?["text"]))
                : (string?)record["message"]!["content"]
            : null;

    public async Task SendAsync(JsonObject command)
    {
        command["id"] = $"c{_ids++}";
        await _process.StandardInput.WriteAsync(command.ToJsonString() + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Sends and returns the answer.</summary>
    public async Task<JsonObject> AskAsync(JsonObject command)
    {
        await SendAsync(command);
        var id = (string)command["id"]!;
        return await SaysAsync(
            $"the answer to {command}",
            r => (string?)r["id"] == id && (string?)r["type"] == "response"
        );
    }

    /// <summary>Returns the next record that fits; fails with what was said when none comes.</summary>
    public async Task<JsonObject> SaysAsync(string what, Func<JsonObject, bool> fits)
    {
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        try
        {
            while (true)
            {
                var record = await _records.Reader.ReadAsync(limit.Token);
                _seen.Add(record);
                if (fits(record))
                    return record;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            var said = string.Join('\n', _seen.TakeLast(30).Select(r => r.ToJsonString()));
            throw new TimeoutException(
                $"Waited in vain for {what} (exited: {HasExited}). pi said:\n{said}\n{(HasExited ? await _errors : "")}",
                e
            );
        }
    }

    /// <summary>Returns when it says that it is connected to its bus.</summary>
    public Task<JsonObject> IsJoinedAsync() =>
        SaysAsync("setStatus of a joined bus", r => TerminalFixture.StatusOf(r)?.StartsWith("🔗") == true);

    /// <summary>Returns when a user message with these words begins.</summary>
    public Task<JsonObject> IsToldAsync(string words) =>
        SaysAsync($"a user message with '{words}'", r => ToldOf(r)?.Contains(words) == true);

    /// <summary>Returns when a run is over.</summary>
    public Task<JsonObject> IsAnsweredAsync() => SaysAsync("agent_end", r => (string?)r["type"] == "agent_end");

    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>As a person ends it.</summary>
    public async Task<int> QuitAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            Kill();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (JsonNode.Parse(line) is JsonObject record)
                await _records.Writer.WriteAsync(record);
        }
        _records.Writer.Complete();
    }
}
