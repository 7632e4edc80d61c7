using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Tests.Testing;

/// <summary>Nothing is remembered over a restart.</summary>
internal sealed class NoRecords : ITerminalRecords
{
    public Task<IReadOnlyList<TerminalRecord>> LoadAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<TerminalRecord>>([]);

    public Task SaveAsync(TerminalRecord record, CancellationToken cancel) => Task.CompletedTask;

    public Task RemoveAsync(SessionId session, CancellationToken cancel) => Task.CompletedTask;
}
