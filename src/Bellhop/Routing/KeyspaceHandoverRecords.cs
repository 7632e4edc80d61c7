using System.Text;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Routing;

/// <summary>Records in the embedded store's own keys.</summary>
public sealed class KeyspaceHandoverRecords(IKeyspace keyspace) : IHandoverRecords
{
    private const string Key = "bellhop:handover:";

    /// <inheritdoc />
    public Task<bool> IsHandedOverAsync(SessionId session, CancellationToken cancel) =>
        keyspace.RunAsync(step => step.GetString(Key + session.Value) is not null, cancel);

    /// <inheritdoc />
    public Task SaveAsync(SessionId session, SessionHolder holder, CancellationToken cancel) =>
        keyspace.RunAsync(
            step =>
            {
                if (holder == SessionHolder.Bellhop)
                    return step.Delete(Key + session.Value);
                step.SetString(Key + session.Value, Encoding.ASCII.GetBytes("terminal"));
                return true;
            },
            cancel
        );
}
