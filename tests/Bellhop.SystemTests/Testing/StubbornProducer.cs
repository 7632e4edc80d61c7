using System.Net.Sockets;

namespace Bellhop.SystemTests.Testing;

/// <summary>
/// A producer as it should be: it pushes in order, several events on the way at once, and pushes again what was not
/// acknowledged when its connection died. One event in ten it pushes again although it was.
/// </summary>
internal sealed class StubbornProducer(int number, int seed, RestartingGateway gateway) : IDisposable
{
    private const int Window = 10;
    private const double ResentShare = 0.1;

    private readonly Random _random = new(seed);
    private readonly SemaphoreSlim _allowed = new(0);
    private readonly List<PushedEvent> _acknowledged = [];
    private RespConnection? _connection;

    /// <summary>In the order in which they were pushed.</summary>
    public IReadOnlyList<PushedEvent> Acknowledged => _acknowledged;

    /// <summary>Pushes of events that had been acknowledged before.</summary>
    public int Resent { get; private set; }

    /// <summary>Allows it this many more events.</summary>
    public void Allow(int events) => _allowed.Release(events);

    public async Task RunAsync(int events)
    {
        for (var next = 0; next < events; )
        {
            var fresh = new List<PushedEvent>();
            do
            {
                await _allowed.WaitAsync(TestContext.Current.CancellationToken);
                fresh.Add(new PushedEvent(number, next++, NewId()));
            } while (fresh.Count < Window && next < events && _allowed.CurrentCount > 0);
            var again = _acknowledged.TakeLast(Window).Where(_ => _random.NextDouble() < ResentShare).ToList();
            await PushAsync([.. again, .. fresh]);
            _acknowledged.AddRange(fresh);
            Resent += again.Count;
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _allowed.Dispose();
    }

    private string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }

    /// <summary>Returns when all are acknowledged, however often the gateway dies meanwhile.</summary>
    private async Task PushAsync(IReadOnlyList<PushedEvent> events)
    {
        for (var done = 0; done < events.Count; )
        {
            try
            {
                _connection ??= await RespConnection.OpenAsync((await gateway.CurrentAsync()).RespPort);
                foreach (var e in events.Skip(done))
                    await _connection.SendAsync(RespConnection.Frame("LPUSH", "agent:events:main", e.Json(_random)));
                for (; done < events.Count; done++)
                    (await _connection.LineAsync()).ShouldStartWith(":");
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                _connection?.Dispose();
                _connection = null;
            }
        }
    }
}

/// <summary>An event that carries a mark by which it is found again in a transcript.</summary>
internal sealed record PushedEvent(int Producer, int Number, string Id)
{
    /// <summary>How a mark reads in a prompt.</summary>
    public const string MarkPattern = @"mark-(?<producer>\d)-(?<number>\d{5})";

    public string Mark => $"mark-{Producer}-{Number:00000}";

    /// <summary>The model answers with the mark of the prompt's last event, after 0 to 100 ms.</summary>
    public string Json(Random random) =>
        $$$"""
            {"id":"{{{Id}}}","type":"test.kill","source":"producer-{{{Producer}}}","payload":{"mark":"{{{Mark}}}","do":"[[reply:ok {{{Mark}}}]][[delay:{{{random.Next(
                100
            )}}}]]"},"ts":1771372800000}
            """;
}
