using System.Text.Json;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Bellhop.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Bellhop.Channels.Http;

/// <summary>Every move as it happens, one JSON object a line, until the reader leaves or we stop.</summary>
internal sealed class FollowStream(IEventStore store, IHostApplicationLifetime lifetime)
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>Writes moves to the states and sessions asked for. A reader that falls behind is told so in the last line.</summary>
    public async Task WriteAsync(HttpContext context, DeliveryState? state, SessionId? session)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        context.Response.ContentType = "application/x-ndjson; charset=utf-8";
        try
        {
            await using var moves = store.WatchAsync(either.Token).GetAsyncEnumerator(either.Token);
            var next = moves.MoveNextAsync();
            // The headers tell the reader that from here on nothing is missed.
            await context.Response.Body.FlushAsync(either.Token);
            for (; await next; next = moves.MoveNextAsync())
            {
                var move = moves.Current;
                if ((state ?? move.State) == move.State && (session ?? move.Session) == move.Session)
                    await WriteAsync(context, ChangeDto.From(move), either.Token);
            }
        }
        catch (StoreException)
        {
            var error = new ErrorDto(new FaultDto(Errors.FellBehind.Code, Errors.FellBehind.Message));
            var line = JsonSerializer.SerializeToUtf8Bytes(error, BellhopJson.Plain.ErrorDto);
            await context.Response.Body.WriteAsync((byte[])[.. line, .. LineEnd], either.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // An ordinary end: the stream is complete as far as it goes.
            return;
        }
    }

    private static async Task WriteAsync(HttpContext context, ChangeDto move, CancellationToken cancel)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(move, BellhopJson.Plain.ChangeDto);
        await context.Response.Body.WriteAsync((byte[])[.. line, .. LineEnd], cancel);
        await context.Response.Body.FlushAsync(cancel);
    }
}
