using System.Globalization;
using Bellhop.Redis.Client;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>What our scripts and Redis refuse, in the words of the store.</summary>
internal static class StoreErrors
{
    private static readonly string[] Away =
    [
        "OOM",
        "MISCONF",
        "NOAUTH",
        "WRONGPASS",
        "NOPERM",
        "READONLY",
        "MASTERDOWN",
        "LOADING",
        "BUSY",
        "NOREPLICAS",
        "CLUSTERDOWN",
        "MOVED",
        "TRYAGAIN",
    ];

    public static StoreException Closed() => new("The store is closed.");

    public static StoreException IsAway(string message, Exception e) => new(message, e) { IsAway = true };

    public static StoreException Explain(RedisErrorException e)
    {
        // Our own codes are followed by the place's id and what else there is to say.
        var words = e.Line.Split(' ');
        return e.Code switch
        {
            "NEWER" => new StoreException(
                $"The events in Redis have schema version {words[1]}; this Bellhop knows versions up to {RedisEventStore.SchemaVersion}. "
                    + "Run the newer Bellhop that wrote them, or choose another bus.prefix.",
                e
            ),
            "FENCED" => new StoreException(
                "Another gateway is central by now: this one lost the lease of 'gateway' and changed nothing.",
                e
            )
            {
                IsFenced = true,
            },
            "NOTURN" => new StoreException($"Turn {words[2]} is not under way.", e),
            "NOTSTATE" => new StoreException($"The turn is {Word(words[2])}, not {Word(words[3])}.", e),
            _ => new StoreException(e.Message, e) { IsAway = Away.Contains(e.Code), IsDiskFull = e.Code == "MISCONF" },
        };
    }

    /// <summary>
    /// True where the server will do later what it refuses now, and has done nothing of it: an error from the midst of a
    /// script names the script, and may come behind some of its writes, which must not be made again.
    /// </summary>
    public static bool IsPassing(RedisErrorException e) =>
        Away.Contains(e.Code) && !e.Line.Contains(" script: ", StringComparison.Ordinal);

    /// <summary>The place's id in an error of ours; null in any other.</summary>
    public static string? PlaceOf(RedisErrorException e) =>
        e.Code is "NOTURN" or "NOTSTATE" ? e.Line.Split(' ')[1] : null;

    private static string Word(string state) => ((DeliveryState)int.Parse(state, CultureInfo.InvariantCulture)).Word();
}
