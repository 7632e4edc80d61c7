using System.Text.Json;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Bellhop.Routing;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Http;

/// <summary>Gives a session from our agent to a terminal, from one terminal to another, and back.</summary>
internal sealed class HandoverEndpoint(ISessionHandover handover, TerminalHandover terminals, HttpAllowances allowances)
{
    private const string Terminal = "terminal";
    private const string Bellhop = "bellhop";

    /// <summary><c>POST /v1/sessions/{id}/handover</c> <c>{"to":"terminal"|"bellhop"|SID}</c>; without a body to a terminal.</summary>
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
            await context.RefuseAsync(
                Errors.BadField,
                "'to' is \"terminal\", \"bellhop\" or the session of a terminal: pid-4711.",
                "to"
            );
            return;
        }
        var result = await HandOverAsync(session, to, context.RequestAborted);
        if (!result.IsPossible)
        {
            await context.RefuseAsync(Errors.NothingToHandOver, result.Message);
            return;
        }
        await context.AnswerAsync(new HandoverDto(session.Value, to, result.Message), BellhopJson.Plain.HandoverDto);
    }

    private Task<HandoverResult> HandOverAsync(SessionId session, string to, CancellationToken cancel) =>
        to switch
        {
            Terminal => handover.HandOverAsync(session, SessionHolder.Terminal, cancel),
            Bellhop => handover.HandOverAsync(session, SessionHolder.Bellhop, cancel),
            _ => terminals.HandOverAsync(session, SessionId.Parse(to), cancel),
        };

    /// <summary>One of the two words or a session id; null where it is neither.</summary>
    private static string? Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return Terminal;
        try
        {
            using var json = JsonDocument.Parse(body);
            return LooseJson.Text(json.RootElement, "to") is { } to && SessionId.TryParse(to, out _) ? to : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
