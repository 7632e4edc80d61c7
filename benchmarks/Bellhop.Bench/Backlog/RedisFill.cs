using System.Net;
using Bellhop.Bench.Load;

namespace Bellhop.Bench.Backlog;

internal static class RedisFill
{
    private const int Connections = 64;

    /// <summary>Pushes a list full, many connections at once.</summary>
    public static Task WriteAsync(IPEndPoint redis, int count, TimeProvider time, CancellationToken cancel) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(async offset =>
                {
                    using var connection = await RespConnection.OpenAsync(redis, cancel);
                    for (var number = offset + 1; number <= count; number += Connections)
                        await connection.LPushAsync(
                            EventBody.List(EventBody.Central),
                            EventBody.Write(number, time),
                            cancel
                        );
                })
        );
}
