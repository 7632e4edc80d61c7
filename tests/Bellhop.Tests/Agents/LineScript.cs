using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Bellhop.Agents.Processes;

namespace Bellhop.Tests.Agents;

/// <summary>An agent of lines: the test writes what it says and reads what it is told.</summary>
internal abstract class LineScript : ILineProcess
{
    private Channel<byte[]> _out = Channel.CreateBounded<byte[]>(1000);
    private Channel<string> _in = Channel.CreateBounded<string>(1000);

    public bool Answers { get; set; } = true;

    public int Launches { get; private set; }

    public int Kills { get; private set; }

    public bool IsDead { get; private set; } = true;

    public Exception? LaunchFault { get; set; }

    public int Pid => 4711;

    public abstract string? Version { get; }

    public string LastWords => "it ended with exit code 1:\nout of memory";

    /// <summary>The next thing it was told, what it answered by itself left out.</summary>
    public async Task<JsonElement> ToldAsync() =>
        JsonDocument.Parse(await _in.Reader.ReadAsync(TestContext.Current.CancellationToken)).RootElement;

    public void Say(string json) => _out.Writer.TryWrite(Encoding.UTF8.GetBytes(json)).ShouldBeTrue();

    /// <summary>Its process ends.</summary>
    public void Die()
    {
        IsDead = true;
        _out.Writer.TryComplete();
    }

    public virtual Task ReapAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task<ILineProcess> LaunchAsync(CancellationToken cancel)
    {
        Launches++;
        if (LaunchFault is { } fault)
            throw fault;
        IsDead.ShouldBeTrue("two processes on one transcript");
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
        line.Span[0].ShouldBe((byte)'{', "no byte order mark, and only objects");
        var text = Encoding.UTF8.GetString(line.Span);
        using var told = JsonDocument.Parse(text);
        if (!TakesItself(told.RootElement))
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

    /// <summary>True for what is no matter of the test; it is answered, or ignored, here.</summary>
    protected abstract bool TakesItself(JsonElement told);
}
