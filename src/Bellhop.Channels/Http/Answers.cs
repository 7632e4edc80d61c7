using System.Text.Json.Serialization.Metadata;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Http;

/// <summary>How every answer is written.</summary>
internal static class Answers
{
    /// <summary>Answers with an object.</summary>
    public static Task AnswerAsync<T>(
        this HttpContext context,
        T value,
        JsonTypeInfo<T> type,
        int status = StatusCodes.Status200OK
    )
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);
    }

    /// <summary>Answers with a refusal.</summary>
    public static Task RefuseAsync(
        this HttpContext context,
        KnownError error,
        string? message = null,
        string? field = null,
        string? reference = null
    )
    {
        if (error.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.TryAdd("Retry-After", "1");
        var body = new ErrorDto(new FaultDto(error.Code, message ?? error.Message, field, reference));
        return context.AnswerAsync(body, BellhopJson.Plain.ErrorDto, error.Status);
    }

    /// <summary>Answers why something is no event.</summary>
    public static Task RefuseAsync(this HttpContext context, ReadFault fault) =>
        context.RefuseAsync(Errors.Find(fault.Code), fault.Message, fault.Field);
}
