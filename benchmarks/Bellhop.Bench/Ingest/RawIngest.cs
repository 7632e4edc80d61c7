using System.Threading.Channels;
using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Bench.Ingest;

/// <summary>
/// The floor: raw SQLite with the same schema, the same group commit (one thread writes what waits in one transaction,
/// synced, then answers all of it) and the same producers.
/// </summary>
internal sealed class RawIngest : IIngest
{
    // The store's own bounds, so that neither gathers more into one sync than the other.
    private const int MaxQueued = 4096;
    private const int MaxTogether = 512;

    private readonly Channel<Insert> _queue = Channel.CreateBounded<Insert>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true }
    );

    private readonly BenchEvents _events;
    private readonly Task _writing;

    private RawIngest(string path, TimeProvider time)
    {
        _events = new BenchEvents(new UlidFactory(time), time);
        _writing = Task.Factory.StartNew(
            () => Write(path),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    public static async Task<RawIngest> StartAsync(string path, TimeProvider time, CancellationToken cancel)
    {
        // The store itself makes the schema and one row of each table.
        await using (var store = await StoreIngest.StartAsync(path, time))
            await (await store.ConnectAsync(cancel))(0);
        return new RawIngest(path, time);
    }

    public Task<Func<int, Task>> ConnectAsync(CancellationToken cancel) =>
        Task.FromResult<Func<int, Task>>(number => InsertAsync(number, cancel));

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.Complete();
        await _writing;
    }

    private async Task InsertAsync(int number, CancellationToken cancel)
    {
        var insert = new Insert(_events.Next(number));
        await _queue.Writer.WriteAsync(insert, cancel);
        await insert.Done.Task;
    }

    private void Write(string path)
    {
        using var rows = new RawRows(path);
        var together = new List<Insert>(MaxTogether);
        while (_queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
        {
            rows.Begin();
            while (together.Count < MaxTogether && _queue.Reader.TryRead(out var insert))
            {
                rows.Insert(insert.Row);
                together.Add(insert);
            }
            rows.Commit();
            together.ForEach(i => i.Done.SetResult());
            together.Clear();
        }
    }

    private sealed record Insert(NewEvent Row)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
