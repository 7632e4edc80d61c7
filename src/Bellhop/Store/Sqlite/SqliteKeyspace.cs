namespace Bellhop.Store.Sqlite;

/// <summary>Keys on the store's own writer and file.</summary>
internal sealed class SqliteKeyspace(Writer writer) : IKeyspace
{
    public Task<T> RunAsync<T>(Func<IKeyspaceTransaction, T> work, CancellationToken cancel) =>
        writer.RunAsync(batch => work(new KeyspaceTransaction(batch)), cancel);
}
