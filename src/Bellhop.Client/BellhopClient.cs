using Bellhop.Client.Http;
using Bellhop.Client.Redis;

namespace Bellhop.Client;

/// <summary>
/// Pushes events to Bellhop, over HTTP or straight to Redis, and waits for what becomes of them. Safe to share between
/// threads; keep one for the life of the program.
/// </summary>
public sealed class BellhopClient : IAsyncDisposable
{
    /// <summary>As long as a silent turn may take by default.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(10);

    private readonly BellhopClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Persistence _persistence;
    private readonly HttpDoor _http;
    private readonly IDoor _door;

    /// <summary>A client with these options. Connects when it is used.</summary>
    /// <exception cref="ArgumentException">An address cannot be read.</exception>
    public BellhopClient(BellhopClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time) = (options, time ?? TimeProvider.System);
        _persistence = new Persistence(options, _time);
        _http = new HttpDoor(options);
        _door = options.Redis is { } redis ? new RedisDoor(RedisAddress.Parse(redis), options.Prefix) : _http;
    }

    /// <summary>
    /// The Bellhop of this machine and user; or the one, or the Redis, at an address (<c>http://…</c>, <c>redis://…</c>).
    /// </summary>
    public static BellhopClient Connect(string? address = null) =>
        new(
            address is null ? new BellhopClientOptions()
            : RedisAddress.IsOne(address) ? new BellhopClientOptions { Redis = address }
            : new BellhopClientOptions { Url = new Uri(address) }
        );

    /// <summary>
    /// Hands an event in. When this returns it is kept; a second push with the same source and id adds nothing.
    /// </summary>
    /// <param name="type">What happened, dotted: <c>download.complete</c>. At most 256 characters.</param>
    /// <param name="source">Who says so.</param>
    /// <param name="payload">What becomes a JSON object; at most 1 MiB with the rest. Null is an empty one.</param>
    /// <param name="options">What else there is to say.</param>
    /// <param name="cancel">Gives up. The event may have been taken all the same.</param>
    /// <exception cref="ArgumentException">The payload becomes no JSON object.</exception>
    /// <exception cref="BellhopUnavailableException">Nobody answered, however often it was tried.</exception>
    /// <exception cref="BellhopRefusedException">It was refused.</exception>
    public Task<PushReceipt> PushAsync(
        string type,
        string source,
        object? payload = null,
        PushOptions? options = null,
        CancellationToken cancel = default
    )
    {
        var e = OutgoingEvent.Create(type, source, payload, options ?? new PushOptions(), _options, _time.GetUtcNow());
        return _persistence.AskAsync(token => _door.PushAsync(e, token), _door.Unavailable, cancel);
    }

    /// <summary>
    /// Waits until all of an event's deliveries ended, at most <paramref name="longest"/> (10 minutes without it;
    /// <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes). Asks Bellhop itself, also where the event went to Redis.
    /// </summary>
    /// <exception cref="BellhopUnavailableException">Bellhop did not answer, however often it was asked.</exception>
    /// <exception cref="BellhopRefusedException">Bellhop said no: the token is wrong, or it keeps the event no more.</exception>
    public async Task<EventOutcome> WaitAsync(
        PushReceipt receipt,
        TimeSpan? longest = null,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var patience = longest == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : longest ?? DefaultWait;
        var started = _time.GetTimestamp();
        for (var asked = 1; ; asked++)
        {
            var left = patience - _time.GetElapsedTime(started);
            var answer = await _persistence.AskAsync(
                token => _http.FindAsync(receipt.Key ?? receipt.Id, left, _options.Timeout, token),
                _http.Unavailable,
                cancel
            );
            left = patience - _time.GetElapsedTime(started);
            if (answer.Outcome is { } outcome && (outcome.IsSettled || left <= TimeSpan.Zero))
                return outcome;
            if (answer.Outcome is not null)
                continue;
            // It lies in Redis, and nothing tells when Bellhop has taken it.
            if (receipt.Key is not null || left <= TimeSpan.Zero)
                throw new BellhopRefusedException("BH-4040", $"Bellhop knows no event {receipt.Id}.");
            await Task.Delay(_persistence.Delay(asked), _time, cancel);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _door.DisposeAsync();
        await _http.DisposeAsync();
    }
}
