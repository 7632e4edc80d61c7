using System.Text.Json;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Bellhop.Routing;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Http;

/// <summary>Gives a session from our agent to a terminal, and back.</summary>
internal sealed class HandoverEndpoint(ISessionHandover handover, HttpAllowances allowances)
{
    /// <summary><c>POST /v1/sessions/{id}/handover</c> <c>{"to":"terminal"|"bellhop"}</c>; without a body to a terminal.</summary>
    public async Task PostAsync(HttpContext context)
    {
        if (!SessionId.TryParse(new Query(context).SessionName, out var session))
        {
            await context.RefuseAsync(Errors.BadParameter, "The path names no session id.");
            return;
        }
        using var body = await RequestBody.ReadAsync(context, allowances.BodyBytes);
        if (body.Error is { } error)
        {
            await context.RefuseAsync(error);
            return;
        }
        if (Read(body.Bytes) is not { } to)
        {
            await context.RefuseAsync(Errors.BadField, "'to' is \"terminal\" or \"bellhop\".", "to");
            return;
        }
        var result = await handover.HandOverAsync(session, to, context.RequestAborted);
        if (!result.IsPossible)
        {
            await context.RefuseAsync(Errors.NothingToHandOver, result.Message);
            return;
        }
        var word = to.ToString().ToLowerInvariant();
        await context.AnswerAsync(new HandoverDto(session.Value, word, result.Message), BellhopJson.Plain.HandoverDto);
    }

    private static SessionHolder? Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return SessionHolder.Terminal;
        try
        {
            using var json = JsonDocument.Parse(body);
            var to =
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("to", out var value)
                    ? value
                    : default;
            return to.ValueKind != JsonValueKind.String ? null
                : to.ValueEquals("terminal") ? SessionHolder.Terminal
                : to.ValueEquals("bellhop") ? SessionHolder.Bellhop
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
