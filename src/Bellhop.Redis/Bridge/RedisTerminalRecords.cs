using Bellhop.Events;
using Bellhop.Routing;

namespace Bellhop.Redis.Bridge;

/// <summary>Nothing to remember: the leases stand in Redis themselves, and <see cref="SessionWatch"/> reads them.</summary>
internal sealed class RedisTerminalRecords : ITerminalRecords
{
    public Task<IReadOnlyList<TerminalRecord>> LoadAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<TerminalRecord>>([]);

    public Task SaveAsync(TerminalRecord record, CancellationToken cancel) => Task.CompletedTask;

    public Task RemoveAsync(SessionId session, CancellationToken cancel) => Task.CompletedTask;
}
