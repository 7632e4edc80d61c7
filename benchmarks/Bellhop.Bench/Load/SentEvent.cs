namespace Bellhop.Bench.Load;

/// <summary>One event a producer pushed.</summary>
/// <param name="Number">Which.</param>
/// <param name="Producer">By whom; one producer's events have an order.</param>
/// <param name="SentAt">Just before the LPUSH was written, in ticks of the monotonic clock; of the last try.</param>
/// <param name="AnsweredAt">When its reply was read.</param>
internal sealed record SentEvent(int Number, int Producer, long SentAt, long AnsweredAt);
