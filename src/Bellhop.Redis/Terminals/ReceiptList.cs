using System.Text.Json;
using Bellhop.Events;
using Bellhop.Redis.Commands;
using Bellhop.Redis.EventLists;
using Bellhop.Redis.Listener;
using Bellhop.Routing;
using Bellhop.Store;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Terminals;

/// <summary>
/// <c>{prefix}:receipts</c>: what is pushed is carried out, on disk before the reply, and not kept as a list; so it is
/// always empty.
/// </summary>
internal sealed partial class ReceiptList(
    IEventStore store,
    RowLeases leases,
    KeyNames names,
    ISessionHolders holders,
    ILogger<ReceiptList> logger
) : IClientLists
{
    /// <summary>All receipts in the order given; where one cannot be read, none.</summary>
    public async Task<long> PushAsync(
        RespClient client,
        KeyName key,
        bool head,
        IReadOnlyList<ReadOnlyMemory<byte>> rows,
        CancellationToken cancel
    )
    {
        foreach (var receipt in rows.Select(Read).ToList())
            await ReportAsync(client, receipt, cancel);
        return rows.Count;
    }

    public Task<long> LengthAsync(RespClient client, KeyName key, CancellationToken cancel) => Task.FromResult(0L);

    public Task<bool> ExistsAsync(RespClient client, KeyName key, CancellationToken cancel) => Task.FromResult(false);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> RangeAsync(
        RespClient client,
        KeyName key,
        long start,
        long stop,
        CancellationToken cancel
    ) => Task.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>>([]);

    public Task<long> RemoveAsync(
        RespClient client,
        KeyName key,
        long count,
        ReadOnlyMemory<byte> value,
        CancellationToken cancel
    ) => Task.FromResult(0L);

    public Task TrimAsync(RespClient client, KeyName key, long start, long stop, CancellationToken cancel) =>
        Task.CompletedTask;

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> PopAsync(
        RespClient client,
        KeyName key,
        bool head,
        long count,
        CancellationToken cancel
    ) => Task.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>>([]);

    public Task<bool> DeleteAsync(RespClient client, KeyName key, CancellationToken cancel) => Task.FromResult(false);

    private static TerminalReceipt Read(ReadOnlyMemory<byte> row)
    {
        var (receipt, fault) = TerminalReceipt.Read(row);
        return receipt ?? throw new CommandFault($"ERR {fault}");
    }

    private async Task ReportAsync(RespClient client, TerminalReceipt receipt, CancellationToken cancel)
    {
        var row = LeasedRow(client, receipt);
        var report = new TerminalReport(
            receipt.KeyOrId ?? (receipt.Row is { } text ? IdOf(text) : null) ?? "",
            receipt.State,
            receipt.Turn,
            receipt.Note
        )
        {
            Delivery = row?.Delivery,
        };
        // An agent of ours has the session by now: a terminal may finish what it took before, by its turn, and begin nothing.
        var isLate =
            holders.HolderOf(receipt.Session) is not null
            && (receipt.State == DeliveryState.Injected || receipt.Turn is null);
        var isMeant = !isLate && await store.ReportAsync(receipt.Session, report, cancel);
        if (!isMeant)
            Log.TooLate(logger, receipt.Session, receipt.State);
        else if (row is not null && receipt.State == DeliveryState.Queued)
            leases.GiveBack([row]);
        else if (row is not null)
            leases.MarkReported(row);
    }

    /// <summary>The row that this connection took and now speaks of, if it can be told.</summary>
    private LeasedRow? LeasedRow(RespClient client, TerminalReceipt receipt)
    {
        var claimed = names
            .Claims(receipt.Session)
            .SelectMany(list => leases.Of(client.Id, list))
            .Where(row => row.Session == receipt.Session)
            .ToList();
        if (claimed.Count == 0)
            return null;
        if (receipt.Row is { } body)
            return claimed.Find(row => row.Body.Span.SequenceEqual(body.Span));
        return receipt.KeyOrId is { } id ? claimed.Find(row => IdOf(row.Body) == id) : null;
    }

    private static string? IdOf(ReadOnlyMemory<byte> row)
    {
        try
        {
            using var json = JsonDocument.Parse(row);
            return LooseJson.Text(json.RootElement, "id");
        }
        catch (JsonException)
        {
            return null; // quarantined, or an event in words of its own; it has no name to be found by
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            430,
            LogLevel.Debug,
            "A receipt of session {Session} ({State}) is about nothing it has in hand; it came late or twice"
        )]
        public static partial void TooLate(ILogger logger, SessionId session, DeliveryState state);
    }
}
