using System.Buffers.Text;
using System.Text;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>Records in the embedded store's own keys: a set of sessions, and a string for each.</summary>
public sealed class KeyspaceTerminalRecords(IKeyspace keyspace) : ITerminalRecords
{
    // No producer's prefix may begin like this by accident: none of our documents names it.
    private const string Sessions = "bellhop:terminals";
    private const string Each = "bellhop:terminal:";

    /// <inheritdoc />
    public Task<IReadOnlyList<TerminalRecord>> LoadAsync(CancellationToken cancel) =>
        keyspace.RunAsync<IReadOnlyList<TerminalRecord>>(
            step => [.. step.Members(Sessions).Select(member => Read(step, member)).OfType<TerminalRecord>()],
            cancel
        );

    /// <inheritdoc />
    public Task SaveAsync(TerminalRecord record, CancellationToken cancel) =>
        keyspace.RunAsync(
            step =>
            {
                var head = Encoding.ASCII.GetBytes($"{(long)record.Period.TotalMilliseconds}\n");
                step.SetString(Each + record.Session.Value, [.. head, .. record.Json.Span]);
                return step.Add(Sessions, Name(record.Session));
            },
            cancel
        );

    /// <inheritdoc />
    public Task RemoveAsync(SessionId session, CancellationToken cancel) =>
        keyspace.RunAsync(step => step.Delete(Each + session.Value) | step.Remove(Sessions, Name(session)), cancel);

    private static TerminalRecord? Read(IKeyspaceTransaction step, byte[] member)
    {
        var session = SessionId.Parse(Encoding.UTF8.GetString(member));
        if (step.GetString(Each + session.Value) is not { } text)
            return null;
        return Utf8Parser.TryParse(text, out long period, out var used)
            ? new TerminalRecord(session, TimeSpan.FromMilliseconds(period), text.AsMemory(used + 1))
            : null;
    }

    private static byte[] Name(SessionId session) => Encoding.UTF8.GetBytes(session.Value);
}
