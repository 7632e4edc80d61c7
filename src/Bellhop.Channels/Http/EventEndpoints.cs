using Bellhop.Diagnostics;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Bellhop.Routing;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Http;

/// <summary>Where events and messages come in. The content type is not looked at: curl's default is a lie, and no page can send a token.</summary>
internal sealed class EventEndpoints(
    Intake intake,
    UlidFactory ulids,
    TimeProvider time,
    HttpAllowances allowances,
    GatewayMetrics metrics
)
{
    private const string Door = "http";

    /// <summary><c>POST /v1/events</c></summary>
    public async Task PostAsync(HttpContext context)
    {
        using var body = await ReadAsync(context);
        if (body.Error is { } error)
        {
            await context.RefuseAsync(error);
            return;
        }
        var (bodies, fault, index) = body.IsArray ? EventArray.Cut(body.Bytes) : ([body.Bytes], null, 0);
        var result = fault is null
            ? await intake.TakeAsync(bodies, new EventDefaults(), null, quarantine: false, context.RequestAborted)
            : new IntakeResult([], fault, index);
        await AnswerAsync(context, result, body.IsArray);
    }

    /// <summary><c>POST /v1/messages</c></summary>
    public async Task PostMessageAsync(HttpContext context)
    {
        using var body = await ReadAsync(context);
        if (body.Error is { } error)
        {
            await context.RefuseAsync(error);
            return;
        }
        var (message, fault) = PostedMessage.Read(body.Bytes);
        var result = message is null
            ? new IntakeResult([], fault)
            : await intake.TakeAsync(
                message.ToEvent(ulids.Next().ToString(), time.GetUtcNow()),
                PostedMessage.Defaults,
                message.Session,
                quarantine: false,
                context.RequestAborted
            );
        metrics.Took(Door, result);
        await (
            result.Fault is { } refused
                ? context.RefuseAsync(refused)
                : context.AnswerAsync(
                    AcceptedEventDto.From(result.Events[0]),
                    BellhopJson.Plain.AcceptedEventDto,
                    StatusCodes.Status202Accepted
                )
        );
    }

    private async Task<RequestBody> ReadAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context, allowances.BodyBytes);
        if (body.Error is not null)
            context.Response.Headers.Connection = "close";
        return body;
    }

    private Task AnswerAsync(HttpContext context, IntakeResult result, bool array)
    {
        metrics.Took(Door, result);
        if (result.Fault is not { } fault)
            return context.AnswerAsync(
                new AcceptedDto([.. result.Events.Select(AcceptedEventDto.From)]),
                BellhopJson.Plain.AcceptedDto,
                StatusCodes.Status202Accepted
            );
        // A store that is full is not one element's fault.
        return context.RefuseAsync(
            array && Errors.Find(fault.Code).Status < StatusCodes.Status429TooManyRequests
                ? fault with
                {
                    Message = $"Event {result.Index}: {fault.Message} Nothing of the request was stored.",
                    Field = $"[{result.Index}]" + (fault.Field is { } field ? $".{field}" : ""),
                }
                : fault
        );
    }
}
