using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Bellhop.Redis.Resp;

namespace Bellhop.Client.Redis;

/// <summary>
/// Straight into the lists that sessions read, as every producer of this wire does: central's, the origin's where it is
/// registered, and <c>main</c> where nobody is.
/// </summary>
internal sealed class RedisDoor(RedisAddress address, string prefix) : IDoor
{
    /// <summary>Errors that pass: a restart, a fail-over, a full gateway.</summary>
    private static readonly IReadOnlyList<string> Passing =
    [
        "BUSY",
        "LOADING",
        "READONLY",
        "MASTERDOWN",
        "CLUSTERDOWN",
        "TRYAGAIN",
    ];

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _closing = new();
    private RedisConnection? _connection;
    private bool _isClosed;

    public string Unavailable =>
        $"Nobody answers at {address}. Start Redis there, or Bellhop, which speaks its protocol: 'bellhop up'.";

    public async Task<Attempt<PushReceipt>> PushAsync(OutgoingEvent e, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _closing.Token);
        await _turn.WaitAsync(either.Token);
        var isWhole = false;
        try
        {
            var attempt = await TryPushAsync(e, either.Token);
            isWhole = true;
            return attempt;
        }
        catch (Exception fault) when (fault is IOException or SocketException or AuthenticationException)
        {
            return Trouble.NoAnswer(fault);
        }
        catch (RespProtocolException fault)
        {
            return new Trouble("PROTOCOL", fault.Message, CanRetry: false);
        }
        finally
        {
            // After a fault in the middle nobody knows whose reply comes next.
            if (!isWhole)
                await CloseAsync();
            _turn.Release();
        }
    }

    /// <summary>Ends what is under way, and what waits for it: whether such an event was kept is not known.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        await _closing.CancelAsync();
        await _turn.WaitAsync(CancellationToken.None); // whoever has it lets go of the connection first
        await CloseAsync();
        _closing.Dispose();
        _turn.Dispose();
    }

    private async Task<Attempt<PushReceipt>> TryPushAsync(OutgoingEvent e, CancellationToken cancel)
    {
        if (_connection is null)
        {
            var (opened, refusal) = await RedisConnection.OpenAsync(address, cancel);
            if (refusal is not null)
                return Refused(refusal);
            _connection = opened;
        }
        var members = await _connection!.SendAsync(
            [RedisConnection.Words("SMEMBERS", $"{prefix}:gateway:sessions")],
            cancel
        );
        if (members[0] is RespError unreadable)
            return Refused(unreadable);
        var targets = Targets(Texts(members[0]), e.Origin);
        var replies = await _connection.SendAsync([.. Transaction(e, targets)], cancel);
        // The last reply is that of EXEC: an error, or what each command said.
        var fault =
            replies.OfType<RespError>().FirstOrDefault() ?? Inside(replies[^1]).OfType<RespError>().FirstOrDefault();
        return fault is not null ? Refused(fault) : new PushReceipt { Id = e.Id, Sessions = targets };
    }

    /// <summary>Central always gets it: as <c>gateway</c>, or as <c>main</c> where nobody has registered as that.</summary>
    private static IReadOnlyList<string> Targets(IReadOnlyList<string> registered, string? origin)
    {
        var central = registered.Contains("gateway") ? "gateway" : "main";
        return origin is not null && origin is not ("gateway" or "main" or "central") && registered.Contains(origin)
            ? [central, origin]
            : [central];
    }

    private IEnumerable<IReadOnlyList<ReadOnlyMemory<byte>>> Transaction(OutgoingEvent e, IReadOnlyList<string> targets)
    {
        var note = JsonSerializer.Serialize(new { eventId = e.Id, type = e.Type });
        yield return RedisConnection.Words("MULTI");
        foreach (var session in targets)
        {
            yield return [.. RedisConnection.Words("LPUSH", $"{prefix}:events:{session}"), e.Body];
            yield return RedisConnection.Words("PUBLISH", $"{prefix}:notify:{session}", note);
        }
        yield return RedisConnection.Words("EXEC");
    }

    private static Trouble Refused(RespError error)
    {
        var code = error.Text.Split(' ')[0];
        return new Trouble(code, error.Text, CanRetry: Passing.Contains(code));
    }

    private static IReadOnlyList<RespValue> Inside(RespValue reply) => reply is RespAggregate all ? all.Items : [];

    private static IReadOnlyList<string> Texts(RespValue reply) => [.. Inside(reply).Select(i => i.ToString()!)];

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
            await connection.DisposeAsync();
        _connection = null;
    }
}
