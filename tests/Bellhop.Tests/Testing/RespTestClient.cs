using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Bellhop.Redis.Resp;

namespace Bellhop.Tests.Testing;

/// <summary>One client of a <see cref="RespFixture"/>. Replies are shown as text: <c>:1</c>, <c>+OK</c>, <c>"bulk"</c>, <c>["a", "b"]</c>.</summary>
internal sealed class RespTestClient(PipeWriter output, PipeReader input, CancellationTokenSource closed)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RespReplyReader _reader = new();

    /// <summary>Sends a command and returns its reply as text.</summary>
    public async Task<string> AskAsync(params string[] words)
    {
        await SendAsync(words);
        return await ReadAsync();
    }

    public Task SendAsync(params string[] words)
    {
        var buffer = new ArrayBufferWriter<byte>();
        RespWriter.WriteCommand(buffer, [.. words.Select(w => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(w))]);
        return SendRawAsync(buffer.WrittenMemory);
    }

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes) => await output.WriteAsync(bytes);

    /// <summary>The next reply; null when the server closed.</summary>
    public async Task<RespValue?> ReadValueAsync()
    {
        while (true)
        {
            var read = await input.ReadAsync().AsTask().WaitAsync(Patience, TimeProvider.System);
            var buffer = read.Buffer;
            var whole = _reader.TryRead(ref buffer, out var value);
            input.AdvanceTo(buffer.Start, whole ? buffer.Start : buffer.End);
            if (whole)
                return value;
            if (read.IsCompleted)
                return null;
        }
    }

    public async Task<string> ReadAsync() => Show(await ReadValueAsync());

    /// <summary>Hangs up, as a client that dies does.</summary>
    public async Task CloseAsync()
    {
        await output.CompleteAsync();
        await closed.CancelAsync();
        while (await ReadValueAsync() is not null)
            continue;
    }

    private static string Show(RespValue? value) =>
        value switch
        {
            null => "closed",
            RespStatus status => "+" + status.Text,
            RespError error => "-" + error.Text,
            RespInteger integer => ":" + integer.Value,
            RespBulk bulk => "\"" + bulk + "\"",
            RespNull => "null",
            RespAggregate aggregate => "[" + string.Join(", ", aggregate.Items.Select(Show)) + "]",
            _ => value.ToString(),
        };
}
