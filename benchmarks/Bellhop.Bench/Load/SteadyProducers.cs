using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Bellhop.Bench.Load;

/// <summary>
/// Producers as the skill writes them (LPUSH, await, PUBLISH, await), together at a fixed rate. A push whose connection
/// breaks is sent again with the same id until it is answered, as a careful producer does. <paramref name="sessions"/>
/// get each event one after the other, as the skill's fan-out does it.
/// </summary>
internal sealed class SteadyProducers(
    IPEndPoint bus,
    IReadOnlyList<string> sessions,
    int producers,
    double perSecond,
    TimeProvider time
)
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    /// <summary>Pushes the events numbered from <paramref name="first"/>; returns when all are answered.</summary>
    /// <param name="onSent">Told the count of answered pushes after each.</param>
    public async Task<IReadOnlyList<SentEvent>> PushAsync(
        int first,
        int count,
        Action<int>? onSent,
        CancellationToken cancel
    )
    {
        var start = Stopwatch.GetTimestamp();
        var answered = 0;
        var all = await Task.WhenAll(
            Enumerable
                .Range(0, producers)
                .Select(producer =>
                    Task.Run(
                        () =>
                            RunAsync(
                                producer,
                                first,
                                count,
                                start,
                                () => onSent?.Invoke(Interlocked.Increment(ref answered)),
                                cancel
                            ),
                        cancel
                    )
                )
        );
        return [.. all.SelectMany(s => s).OrderBy(s => s.Number)];
    }

    private async Task<List<SentEvent>> RunAsync(
        int producer,
        int first,
        int count,
        long start,
        Action onSent,
        CancellationToken cancel
    )
    {
        var sent = new List<SentEvent>();
        using var link = new Link(bus);
        for (var i = producer; i < count; i += producers)
        {
            var due = TimeSpan.FromSeconds(i / perSecond) - Stopwatch.GetElapsedTime(start);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, time, cancel);
            sent.Add(await PushOneAsync(link, producer, first + i, cancel));
            onSent();
        }
        return sent;
    }

    private async Task<SentEvent> PushOneAsync(Link link, int producer, int number, CancellationToken cancel)
    {
        var body = EventBody.Write(number, time);
        while (true)
        {
            try
            {
                await link.OpenAsync(cancel);
                var sentAt = Stopwatch.GetTimestamp();
                var answeredAt = sentAt;
                foreach (var session in sessions)
                {
                    var connection = await link.OpenAsync(cancel);
                    await connection.LPushAsync(EventBody.List(session), body, cancel);
                    answeredAt = Stopwatch.GetTimestamp();
                    await link.PublishAsync(EventBody.Channel(session), EventBody.Notice(number), cancel);
                }
                return new SentEvent(number, producer, sentAt, answeredAt);
            }
            catch (SocketException)
            {
                link.Close();
                await Task.Delay(BetweenTries, time, cancel);
            }
        }
    }

    /// <summary>A connection that can be lost and opened again.</summary>
    private sealed class Link(IPEndPoint bus) : IDisposable
    {
        private RespConnection? _connection;

        public async Task<RespConnection> OpenAsync(CancellationToken cancel) =>
            _connection ??= await RespConnection.OpenAsync(bus, cancel);

        /// <summary>A lost notice is no lost event: the push was answered, so it is not sent again.</summary>
        public async Task PublishAsync(string channel, byte[] notice, CancellationToken cancel)
        {
            try
            {
                await _connection!.PublishAsync(channel, notice, cancel);
            }
            catch (SocketException)
            {
                Close();
            }
        }

        public void Close()
        {
            _connection?.Dispose();
            _connection = null;
        }

        public void Dispose() => Close();
    }
}
