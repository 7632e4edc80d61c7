using System.Text;
using System.Text.Json;
using Bellhop.Events;
using Bellhop.Redis.Commands;
using Bellhop.Routing;
using Bellhop.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Listener;

/// <summary>
/// Watches the store and tells clients what was appended, whoever appended it: wakes blocked BLMOVEs, publishes
/// <c>{"type":T}</c> on the session's notify channel. Start it before anything is accepted.
/// </summary>
internal sealed partial class NotifyFeed(
    IEventStore store,
    KeyNames names,
    KeyListeners keys,
    PubSub pubSub,
    ISessionHolders holders,
    ILogger<NotifyFeed> logger
) : BackgroundService
{
    private static readonly byte[] CatchUp = "{\"type\":\"wake\"}"u8.ToArray();

    private readonly HashSet<long> _inTurn = [];
    private readonly CancellationTokenSource _watching = new();
    private IAsyncEnumerator<DeliveryChange>? _changes;
    private Task<bool> _next = Task.FromResult(false);

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Subscribed before this returns, so that no append made after it goes unheard.
        Subscribe();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _watching.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var _ = stoppingToken.Register(_watching.Cancel);
        while (true)
        {
            try
            {
                for (; await _next; _next = _changes!.MoveNextAsync().AsTask())
                    Tell(_changes!.Current);
                return;
            }
            catch (StoreException e)
            {
                Log.FellBehind(logger, e.Message);
                await _changes!.DisposeAsync();
                Subscribe();
                WakeEveryone();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                await _changes!.DisposeAsync();
                return;
            }
        }
    }

    private void Subscribe()
    {
        _changes = store.WatchAsync(_watching.Token).GetAsyncEnumerator(_watching.Token);
        _next = _changes.MoveNextAsync().AsTask();
    }

    internal void Tell(DeliveryChange change)
    {
        if (change.State == DeliveryState.Injecting)
            _inTurn.Add(change.Delivery);
        else if (change.State.IsTerminal())
            _inTurn.Remove(change.Delivery);
        // A delivery that our agent's turn gave back is no news to anybody; one that a terminal lost is, to the next one.
        else if (
            change.State == DeliveryState.Queued
            && (!_inTurn.Remove(change.Delivery) || holders.HolderOf(change.Session) is null)
        )
            Announce(change.Session, Body(change.Type));
    }

    private void Announce(SessionId session, byte[] body)
    {
        keys.Touch(names.EventList(session));
        pubSub.Publish(names.NotifyChannel(session), body);
        if (!session.IsGateway)
            return;
        foreach (var alias in names.GatewayAliasChannels)
            pubSub.Publish(alias, body, toPatterns: false);
    }

    /// <summary>What was missed is not known: everyone looks for himself.</summary>
    private void WakeEveryone()
    {
        _inTurn.Clear();
        foreach (var counts in store.Counts.Sessions)
            Announce(counts.Session, CatchUp);
        keys.TouchAll();
    }

    private static byte[] Body(string type) =>
        Encoding.UTF8.GetBytes("{\"type\":\"" + JsonEncodedText.Encode(type) + "\"}");

    private static partial class Log
    {
        [LoggerMessage(
            400,
            LogLevel.Warning,
            "The list of changes was lost ({Reason}); clients are woken to look themselves"
        )]
        public static partial void FellBehind(ILogger logger, string reason);
    }
}
