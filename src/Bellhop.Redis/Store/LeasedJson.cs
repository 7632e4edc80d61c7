using Bellhop.Events;
using Bellhop.Store;

namespace Bellhop.Redis.Store;

/// <summary>A delivery in a lease, and the other turns whose prompts may have told its event.</summary>
internal readonly record struct LeasedJson(LeasedDelivery Delivery, IReadOnlyList<(Ulid Turn, int Slot)> Past)
{
    /// <summary>One that the store had.</summary>
    public static LeasedJson Of(DeliveryJson d, Event e) =>
        new(new LeasedDelivery(d.Number, e, d.Attempts, d.Kills, d.Slot), d.Past);

    /// <summary>One that is new.</summary>
    public static LeasedJson Of(long number, Event e) => new(new LeasedDelivery(number, e, 0, 0, 0), []);
}
