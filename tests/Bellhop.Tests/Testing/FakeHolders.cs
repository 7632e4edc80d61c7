using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Tests.Testing;

/// <summary>An agent of ours that has gateway, or none.</summary>
internal sealed class FakeHolders : ISessionHolders
{
    public event EventHandler<SessionEventArgs>? Changed
    {
        add { }
        remove { }
    }

    /// <summary>The agent's kind.</summary>
    public string? Agent { get; set; }

    public string? HolderOf(SessionId session) => session.IsGateway ? Agent : null;

    public ReadOnlyMemory<byte>? OwnLeaseOf(SessionId session) => null;

    public Task LetGoAsync(SessionId session, CancellationToken cancel) => Task.CompletedTask;
}
