using Bellhop.Redis.EventLists;
using Bellhop.Redis.Listener;
using Bellhop.Redis.Resp;
using Bellhop.Routing;
using static Bellhop.Redis.Commands.CommandFlags;

namespace Bellhop.Redis.Commands;

/// <summary>PUBLISH, SUBSCRIBE and their like.</summary>
internal sealed class PubSubCommands(PubSub pubSub, KeyNames names, SeenSessions seen, ISessionHolders holders)
    : ICommandFamily
{
    private const CommandFlags Subscribing = CommandFlags.PubSub | Loading | Subscribed | NoMulti;

    public IEnumerable<CommandSpec> Table =>
        [
            new("publish", 3, CommandFlags.PubSub | Loading | Fast, KeyPositions.None, Publish),
            new("subscribe", -2, Subscribing, KeyPositions.None, Subscribe),
            new("unsubscribe", -1, Subscribing, KeyPositions.None, Unsubscribe),
            new("psubscribe", -2, Subscribing, KeyPositions.None, SubscribePatterns),
            new("punsubscribe", -1, Subscribing, KeyPositions.None, UnsubscribePatterns),
        ];

    private ValueTask<RespValue> Publish(CommandCall call) =>
        new(RespValue.Integer(pubSub.Publish(Listener.PubSub.Name(call[1]), call[2])));

    private async ValueTask<RespValue> Subscribe(CommandCall call)
    {
        foreach (var name in Names(call))
        {
            CheckRoom(call.Client.Channels.Count);
            if (names.SessionOfChannel(name) is { } session)
                await seen.MarkAsync(session, call.Cancel);
            pubSub.Subscribe(call.Client, name);
            // It may take the rows once it is told that it listens.
            if (names.SessionOfChannel(name) is { } taken)
                await holders.LetGoAsync(taken, call.Cancel);
            Confirm(call.Client, "subscribe", name);
        }
        return RespValue.None;
    }

    private ValueTask<RespValue> SubscribePatterns(CommandCall call)
    {
        foreach (var pattern in Names(call))
        {
            CheckRoom(call.Client.Patterns.Count);
            pubSub.SubscribePattern(call.Client, pattern);
            Confirm(call.Client, "psubscribe", pattern);
        }
        return new(RespValue.None);
    }

    private ValueTask<RespValue> Unsubscribe(CommandCall call) =>
        new(End(call, "unsubscribe", call.Client.Channels, pubSub.Unsubscribe));

    private ValueTask<RespValue> UnsubscribePatterns(CommandCall call) =>
        new(End(call, "punsubscribe", call.Client.Patterns, pubSub.UnsubscribePattern));

    private static RespValue End(
        CommandCall call,
        string word,
        HashSet<string> own,
        Func<RespClient, string, bool> remove
    )
    {
        var ended = call.Count > 1 ? Names(call) : [.. own];
        if (ended.Count == 0)
            Confirm(call.Client, word, null);
        foreach (var name in ended)
        {
            remove(call.Client, name);
            Confirm(call.Client, word, name);
        }
        return RespValue.None;
    }

    private static List<string> Names(CommandCall call) =>
        [.. call.Arguments.Skip(1).Select(a => Listener.PubSub.Name(a))];

    private static void CheckRoom(int count)
    {
        if (count >= ListenerLimits.MaxSubscriptions)
            throw new CommandFault(
                $"BUSY BH-4291 At most {ListenerLimits.MaxSubscriptions:N0} subscriptions on one connection."
            );
    }

    private static void Confirm(RespClient client, string word, string? name) =>
        client.Reply(
            RespValue.Push([
                RespValue.Bulk(word),
                name is null ? RespValue.Null : RespValue.Bulk(Listener.PubSub.Bytes(name)),
                RespValue.Integer(client.Subscriptions),
            ])
        );
}
