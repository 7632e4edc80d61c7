using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bellhop.Channels.Http;

/// <summary>The outermost step: whatever goes wrong inside is answered in our words, and nothing of it leaks.</summary>
internal sealed partial class RequestFaults(UlidFactory ulids, GatewayMetrics metrics, ILogger<RequestFaults> logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted)
                await DescribeAsync(context);
        }
        catch (BadHttpRequestException e)
        {
            context.Response.Headers.Connection = "close";
            await AnswerAsync(context, Known(e.StatusCode));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (StoreException e) when (e.IsAway && !context.Response.HasStarted)
        {
            await context.RefuseAsync(
                Errors.BusAway,
                $"{e.Message.TrimEnd('.')}. Events are still taken and kept on disk."
            );
        }
        catch (Exception e)
        {
            var reference = ulids.Next().ToString();
            Log.Failed(
                logger,
                e,
                reference,
                context.Request.Method,
                context.GetEndpoint()?.DisplayName ?? "no endpoint"
            );
            await AnswerAsync(context, Errors.Internal, reference);
        }
        finally
        {
            metrics.Answered(context.Response.StatusCode);
        }
    }

    /// <summary>What routing refuses has no body yet.</summary>
    private static Task DescribeAsync(HttpContext context) =>
        context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => context.RefuseAsync(Errors.Unknown),
            StatusCodes.Status405MethodNotAllowed => context.RefuseAsync(Errors.WrongMethod),
            _ => Task.CompletedTask,
        };

    private static Task AnswerAsync(HttpContext context, KnownError error, string? reference = null)
    {
        if (!context.Response.HasStarted)
            return context.RefuseAsync(error, reference: reference);
        // Half an answer must not look like a whole one.
        context.Abort();
        return Task.CompletedTask;
    }

    private static KnownError Known(int status) =>
        status switch
        {
            StatusCodes.Status413PayloadTooLarge => Errors.TooLarge,
            StatusCodes.Status408RequestTimeout => Errors.TooSlow,
            _ => Errors.NotJson,
        };

    private static partial class Log
    {
        [LoggerMessage(300, LogLevel.Error, "Request failed, reference {Reference}: {Method} {Endpoint}")]
        public static partial void Failed(
            ILogger logger,
            Exception exception,
            string reference,
            string method,
            string endpoint
        );
    }
}
