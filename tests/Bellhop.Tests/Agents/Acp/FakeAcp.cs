using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Bellhop.Agents.Acp;
using Bellhop.Agents.Processes;

namespace Bellhop.Tests.Agents.Acp;

/// <summary>
/// An agent of lines: it opens and loads sessions by itself, as the properties say; the test writes what it says in a
/// turn and reads what it is told.
/// </summary>
internal sealed class FakeAcp : ILineProcess, IAcpLauncher
{
    private const string Session = "s-1";

    private Channel<byte[]> _out = Channel.CreateBounded<byte[]>(1000);
    private Channel<string> _in = Channel.CreateBounded<string>(1000);

    public bool Answers { get; set; } = true;

    public bool LoadsSessions { get; set; } = true;

    public int ProtocolVersion { get; set; } = 1;

    public string Name { get; set; } = "fake-agent";

    /// <summary>What it replays when it loads a session: kind and text of updates.</summary>
    public List<(string Kind, string Text)> History { get; } = [];

    /// <summary>The error that opening or loading a session ends with; null for none.</summary>
    public string? NewError { get; set; }

    /// <inheritdoc cref="NewError"/>
    public string? LoadError { get; set; }

    /// <summary>The methods that were called when it came up, of all its lives.</summary>
    public List<string> Calls { get; } = [];

    public int Launches { get; private set; }

    public int Kills { get; private set; }

    public bool IsDead { get; private set; } = true;

    public int Pid => 4711;

    public string? Version => null;

    public string LastWords => "fake ended with exit code 1:\nout of memory";

    public JsonElement InitializeParams { get; private set; }

    /// <summary>The next thing it was told after it had come up.</summary>
    public async Task<JsonElement> ToldAsync() =>
        JsonDocument.Parse(await _in.Reader.ReadAsync(TestContext.Current.CancellationToken)).RootElement;

    public void Say(string line) => _out.Writer.TryWrite(Encoding.UTF8.GetBytes(line)).ShouldBeTrue();

    /// <summary>Says one <c>session/update</c>; <paramref name="members"/> is JSON after its kind, with a leading comma.</summary>
    public void Update(string kind, string members, string session = Session) =>
        Say(
            $$$"""{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"{{{session}}}","update":{"sessionUpdate":"{{{kind}}}"{{{members}}} } } }"""
        );

    public void Text(string text, string kind = "agent_message_chunk") =>
        Update(kind, $$""","content":{"type":"text","text":{{JsonSerializer.Serialize(text)}}}""");

    public void Respond(string? id, string result) => Say($$"""{"jsonrpc":"2.0","id":"{{id}}","result":{{result}}}""");

    public void Fail(string? id, string error) => Say($$"""{"jsonrpc":"2.0","id":"{{id}}","error":{{error}}}""");

    /// <summary>Its process ends.</summary>
    public void Die()
    {
        IsDead = true;
        _out.Writer.TryComplete();
    }

    public Task ReapAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task<ILineProcess> LaunchAsync(CancellationToken cancel)
    {
        Launches++;
        IsDead.ShouldBeTrue("two processes on one session");
        IsDead = false;
        (_out, _in) = (Channel.CreateBounded<byte[]>(1000), Channel.CreateBounded<string>(1000));
        return Task.FromResult<ILineProcess>(this);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancel) =>
        await _out.Reader.WaitToReadAsync(cancel) && _out.Reader.TryRead(out var line)
            ? (ReadOnlyMemory<byte>?)line
            : null;

    public ValueTask WriteLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancel)
    {
        if (IsDead)
            throw new IOException("Broken pipe");
        line.Span[^1].ShouldBe((byte)'\n');
        var text = Encoding.UTF8.GetString(line.Span);
        using var message = JsonDocument.Parse(text);
        message.RootElement.GetProperty("jsonrpc").GetString().ShouldBe("2.0");
        if (!(message.RootElement.TryGetProperty("method", out var method) && ComeUp(method.GetString()!, message)))
            _in.Writer.TryWrite(text).ShouldBeTrue();
        return ValueTask.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel)
    {
        Die();
        return Task.CompletedTask;
    }

    public Task KillAsync()
    {
        Kills += IsDead ? 0 : 1;
        Die();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => new(KillAsync());

    /// <summary>Does what belongs to coming up; false for anything else.</summary>
    private bool ComeUp(string method, JsonDocument message)
    {
        if (method is not ("initialize" or "session/new" or "session/load"))
            return false;
        Calls.Add(method);
        if (!Answers)
            return true;
        var id = message.RootElement.GetProperty("id").GetString();
        if (method == "initialize")
        {
            InitializeParams = message.RootElement.GetProperty("params").Clone();
            Respond(
                id,
                $$$"""{"protocolVersion":{{{ProtocolVersion}}},"agentInfo":{"name":"{{{Name}}}","version":"9.9.9"},"agentCapabilities":{"loadSession":{{{(LoadsSessions ? "true" : "false")}}} } }"""
            );
        }
        else if ((method == "session/new" ? NewError : LoadError) is { } error)
            Fail(id, error);
        else
            Open(method, id);
        return true;
    }

    private void Open(string method, string? id)
    {
        if (method == "session/load")
            History.ForEach(update => Text(update.Text, update.Kind));
        Respond(
            id,
            $$$"""{"sessionId":"{{{Session}}}","models":{"currentModelId":"fake/fake-1"},"_meta":{"piAcp":{"startupInfo":"banner\n"} } }"""
        );
    }
}
