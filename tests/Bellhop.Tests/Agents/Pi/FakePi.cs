using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Bellhop.Agents.Pi;

namespace Bellhop.Tests.Agents.Pi;

/// <summary>A pi of lines: the test writes what pi says and reads what pi is told.</summary>
internal sealed class FakePi : IPiProcess, IPiLauncher
{
    private Channel<byte[]> _out = Channel.CreateBounded<byte[]>(1000);
    private Channel<string> _in = Channel.CreateBounded<string>(1000);

    public bool Answers { get; set; } = true;

    public string ModelId { get; set; } = "fake-1";

    public int Launches { get; private set; }

    public int Kills { get; private set; }

    public bool IsDead { get; private set; } = true;

    public Exception? LaunchFault { get; set; }

    public int Pid => 4711;

    public string? Version => "9.9.9";

    public string LastWords => "pi ended with exit code 1:\nout of memory";

    public string ModelsFile => "/somewhere/models.json";

    public string Transcript { get; } = Path.Combine(Path.GetTempPath(), $"no-such-{Guid.NewGuid():N}.jsonl");

    /// <summary>The next thing it was told, get_state left out when it is answered by itself.</summary>
    public async Task<JsonElement> ToldAsync() =>
        JsonDocument.Parse(await _in.Reader.ReadAsync(TestContext.Current.CancellationToken)).RootElement;

    public void Say(string json) => _out.Writer.TryWrite(Encoding.UTF8.GetBytes(json)).ShouldBeTrue();

    /// <summary>Its process ends.</summary>
    public void Die()
    {
        IsDead = true;
        _out.Writer.TryComplete();
    }

    public Task ReapAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task<IPiProcess> LaunchAsync(CancellationToken cancel)
    {
        Launches++;
        if (LaunchFault is { } fault)
            throw fault;
        IsDead.ShouldBeTrue("two processes on one transcript");
        IsDead = false;
        (_out, _in) = (Channel.CreateBounded<byte[]>(1000), Channel.CreateBounded<string>(1000));
        return Task.FromResult<IPiProcess>(this);
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
        line.Span[0].ShouldBe((byte)'{', "no byte order mark, and only objects");
        var text = Encoding.UTF8.GetString(line.Span);
        using var command = JsonDocument.Parse(text);
        if (Answers && command.RootElement.GetProperty("type").GetString() == "get_state")
            Say(State(command.RootElement.GetProperty("id").GetString()!));
        else
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

    private string State(string id) =>
        JsonSerializer.Serialize(
            new
            {
                id,
                type = "response",
                command = "get_state",
                success = true,
                data = new
                {
                    model = new { id = ModelId, provider = ModelId == "unknown" ? "unknown" : "fake" },
                    isStreaming = false,
                    isCompacting = false,
                },
            }
        );
}
