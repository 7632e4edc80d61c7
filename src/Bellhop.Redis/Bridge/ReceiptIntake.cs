using Bellhop.Events;
using Bellhop.Redis.Bus;
using Bellhop.Redis.Client;
using Bellhop.Redis.Store;
using Bellhop.Redis.Terminals;
using Bellhop.Store;

namespace Bellhop.Redis.Bridge;

/// <summary>
/// Enters what a terminal says into the store, and only then takes the receipt off its list: after a crash in between it
/// is entered again, which changes nothing.
/// </summary>
internal sealed class ReceiptIntake(RedisBus bus, EventReader reader, TimeProvider time)
{
    private static readonly EventDefaults Defaults = new() { Source = "redis" };

    /// <summary>Takes one receipt.</summary>
    public async Task TakeAsync(ReadOnlyMemory<byte> row, CancellationToken cancel)
    {
        var store = await bus.OpeningStore.WhenOpenAsync(cancel);
        var (receipt, fault) = TerminalReceipt.Read(row);
        if (receipt is null)
        {
            var unreadable = new NewEvent(reader.Unreadable(row, Defaults), [new Target(SessionId.Gateway)])
            {
                Quarantine = fault,
            };
            await store.AppendFromAsync(new ListRow(bus.Keys.Receipts, row), unreadable, cancel);
            return;
        }
        await EnterAsync(store, receipt, cancel);
        await bus.Client.CallAsync(RedisCommand.Of("LREM", bus.Keys.Receipts, -1, row), cancel);
    }

    private async Task EnterAsync(RedisEventStore store, TerminalReceipt receipt, CancellationToken cancel)
    {
        var name = receipt.KeyOrId ?? OwnKey(receipt).ToString();
        var unnamed = receipt.KeyOrId is null && receipt.Row is { } bytes ? bytes : ReadOnlyMemory<byte>.Empty;
        if (await store.ReportAsync(receipt.Session, Report(receipt, name), unnamed, cancel))
            return;
        if (receipt.Row is not { } row || await KnowsAsync(store, receipt, name, cancel))
            return;
        // Its producer wrote it straight onto the terminal's list: now is when we hear of it.
        var key = OwnKey(receipt);
        var read = reader.Read(row, Defaults with { Key = key });
        var e = read.Event ?? reader.Unreadable(row, Defaults with { Key = key });
        var taken = new NewEvent(e, [new Target(receipt.Session)]);
        var appended = await store.AppendTakenAsync(taken, new TakenUnder(receipt.Turn), cancel);
        if (appended.Refusal != AppendRefusal.None)
            throw new StoreException("The store takes no more events for now.") { IsAway = true };
        await store.ReportAsync(receipt.Session, Report(receipt, appended.Events[0].Key.ToString()), cancel);
    }

    private Ulid OwnKey(TerminalReceipt receipt) => UnnamedEvent.Key(receipt, time.GetUtcNow());

    private static TerminalReport Report(TerminalReceipt receipt, string name) =>
        new(name, receipt.State, receipt.Turn, receipt.Note);

    /// <summary>The session had the event in this very turn: the receipt is a repetition, or too late.</summary>
    private static async Task<bool> KnowsAsync(
        RedisEventStore store,
        TerminalReceipt receipt,
        string name,
        CancellationToken cancel
    ) =>
        await store.FindAsync(name, cancel) is { } found
        && found.Deliveries.Any(d =>
            d.Session == receipt.Session && (d.Turn == receipt.Turn || receipt.Turn is null || !d.State.IsTerminal())
        );
}
