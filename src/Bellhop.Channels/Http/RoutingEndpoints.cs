using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Bellhop.Diagnostics;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Bellhop.Routing;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Http;

/// <summary>Where events would go, and letting go of those that a rule holds.</summary>
internal sealed class RoutingEndpoints(Explainer explainer, Holds holds, EventReader reader, HttpAllowances allowances)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = EventLimits.MaxDepth + 1 };

    /// <summary><c>POST /v1/explain</c> with <c>{"event":{…},"list"?}</c> or <c>{"id"}</c>. Changes nothing.</summary>
    public Task ExplainAsync(HttpContext context) => ReadAsync(context, root => ExplainAsync(context, root));

    /// <summary><c>POST /v1/release</c> with <c>{"of"}</c>: a rule's name, or an event's key or id.</summary>
    public Task ReleaseAsync(HttpContext context) => ReadAsync(context, root => ReleaseAsync(context, root));

    private async Task ExplainAsync(HttpContext context, JsonElement root)
    {
        if (LooseJson.Text(root, "id") is { } id)
        {
            await AnswerAsync(context, await explainer.ExplainStoredAsync(id, context.RequestAborted));
            return;
        }
        if (LooseJson.Find(root, "event") is not { } given)
        {
            await context.RefuseAsync(
                Errors.BadField,
                "'event' is required: an event, or 'id' of a stored one.",
                "event"
            );
            return;
        }
        SessionId? list = null;
        if (LooseJson.Text(root, "list") is { } name)
        {
            if (!SessionId.TryParse(name, out var session))
            {
                await context.RefuseAsync(Errors.BadField, "'list' is not a session id.", "list");
                return;
            }
            list = session;
        }
        // Bytes of its own: the request's go back to their pool.
        var read = reader.Read(JsonMarshal.GetRawUtf8Value(given).ToArray(), new EventDefaults());
        await (
            read.Event is { } e
                ? AnswerAsync(context, await explainer.ExplainAsync(e, list, context.RequestAborted))
                : context.RefuseAsync(read.Fault!)
        );
    }

    private async Task ReleaseAsync(HttpContext context, JsonElement root)
    {
        if (LooseJson.Text(root, "of") is not { } of)
            await context.RefuseAsync(
                Errors.BadField,
                "'of' is required: a rule's name, or an event's key or id.",
                "of"
            );
        else if (await holds.ReleaseAsync(of, context.RequestAborted) is { } released)
            await context.AnswerAsync(new ReleasedDto(of, released), BellhopJson.Plain.ReleasedDto);
        else
            await context.RefuseAsync(Errors.Unknown, "No rule that holds and no event has this name, key or id.");
    }

    private static Task AnswerAsync(HttpContext context, ExplanationDto? explanation) =>
        explanation is null
            ? context.RefuseAsync(
                Errors.Unknown,
                "No event has this key or id. 'bellhop events' lists those that are kept."
            )
            : context.AnswerAsync(explanation, BellhopJson.Plain.ExplanationDto);

    /// <summary>Reads the body's object, or says what is wrong with it.</summary>
    private async Task ReadAsync(HttpContext context, Func<JsonElement, Task> answer)
    {
        using var body = await RequestBody.ReadAsync(context, allowances.BodyBytes);
        if (body.Error is { } error)
        {
            context.Response.Headers.Connection = "close";
            await context.RefuseAsync(error);
            return;
        }
        var (document, fault) = Parse(body.Bytes);
        using (document)
            await (fault is null ? answer(document!.RootElement) : context.RefuseAsync(fault));
    }

    private static (JsonDocument? Document, ReadFault? Fault) Parse(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
            return (null, new ReadFault(Errors.NotUtf8.Code, Errors.NotUtf8.Message, null));
        try
        {
            var document = JsonDocument.Parse(body, Options);
            if (Fault(document.RootElement) is not { } fault)
                return (document, null);
            document.Dispose();
            return (null, fault);
        }
        catch (JsonException e)
        {
            return (null, ReadResult.Bad(e).Fault);
        }
    }

    private static ReadFault? Fault(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return new ReadFault(Errors.NotObject.Code, "The body is a JSON object.", null);
        return
            ((string[])["id", "list", "of"]).FirstOrDefault(n => !LooseJson.TryText(LooseJson.Find(root, n), out _))
                is { } name
            ? new ReadFault(
                Errors.BadCharacter.Code,
                $"'{name}' holds half a character (a lone surrogate). Leave it out.",
                name
            )
            : null;
    }
}
