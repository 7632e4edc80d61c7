using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Tests.Testing;

/// <summary>Notes who was named, and lets a test answer as the terminals would.</summary>
internal sealed class FakeTerminalCalls : ITerminalCalls
{
    public List<(SessionId Session, string? Nonce)> Given { get; } = [];

    public Func<Task> Answer { get; set; } = () => Task.CompletedTask;

    public Task GiveAsync(SessionId session, TerminalLease next, CancellationToken cancel)
    {
        Given.Add((session, next.Nonce));
        return Answer();
    }
}
