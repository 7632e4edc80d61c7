using Bellhop.Diagnostics.Views;
using Bellhop.Store;
using Microsoft.AspNetCore.Http;

namespace Bellhop.Channels.Http;

/// <summary>What became of events, and what a person does about it.</summary>
internal sealed class ReceiptEndpoints(
    IEventStore store,
    SettledWait wait,
    FollowStream follow,
    HttpAllowances allowances
)
{
    /// <summary>One call waits no longer; proxies and people give up before.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    private const int MaxPage = 1000;

    /// <summary><c>GET /v1/events/{id}[?wait=30s]</c></summary>
    public async Task GetAsync(HttpContext context)
    {
        var query = new Query(context);
        if (!query.TryDuration("wait", MaxWait, out var patience))
            await context.RefuseAsync(Errors.BadParameter, query.Fault, "wait");
        else if (patience is not { } duration)
            await AnswerAsync(context, await store.FindAsync(query.Id, context.RequestAborted));
        else
            await WaitingAsync(
                context,
                async () => await AnswerAsync(context, await wait.ForAsync(query.Id, duration, context.RequestAborted))
            );
    }

    /// <summary><c>GET /v1/events</c>, <c>GET /v1/events?follow=true</c></summary>
    public async Task ListAsync(HttpContext context)
    {
        var query = new Query(context);
        if (
            !query.TryState(out var state)
            || !query.TrySession(out var session)
            || !query.TryNumber("after", 0, long.MaxValue, out var after)
            || !query.TryNumber("limit", 1, MaxPage, out var limit)
            || !query.TryFlag("dismissed", true, out var dismissed)
            || !query.TryFlag("follow", false, out var follows)
        )
        {
            await context.RefuseAsync(Errors.BadParameter, query.Fault);
            return;
        }
        if (follows)
        {
            await WaitingAsync(context, () => follow.WriteAsync(context, state, session));
            return;
        }
        var asked = new DeliveryQuery
        {
            State = state,
            Session = session,
            Before = after,
            HideDismissed = !dismissed,
        };
        asked = limit is { } size ? asked with { Limit = (int)size } : asked;
        var rows = await store.ListAsync(asked, context.RequestAborted);
        await context.AnswerAsync(ListingDto.From(rows, asked.Limit), BellhopJson.Plain.ListingDto);
    }

    /// <summary><c>POST /v1/events/{id}/replay[?session=]</c></summary>
    public async Task ReplayAsync(HttpContext context)
    {
        var query = new Query(context);
        if (!query.TrySession(out var session))
        {
            await context.RefuseAsync(Errors.BadParameter, query.Fault, "session");
            return;
        }
        var sessions = await store.ReplayAsync(query.Id, session, context.RequestAborted);
        await (
            sessions switch
            {
                null => UnknownAsync(context),
                [] => context.RefuseAsync(Errors.NothingToReplay),
                _ => context.AnswerAsync(
                    new ReplayedDto(query.Id, [.. sessions.Select(s => s.Value)]),
                    BellhopJson.Plain.ReplayedDto,
                    StatusCodes.Status202Accepted
                ),
            }
        );
    }

    /// <summary><c>POST /v1/events/{id}/dismiss</c></summary>
    public async Task DismissAsync(HttpContext context)
    {
        var id = new Query(context).Id;
        var count = await store.DismissAsync(id, context.RequestAborted);
        await (
            count is { } dismissed
                ? context.AnswerAsync(new DismissedDto(id, dismissed), BellhopJson.Plain.DismissedDto)
                : UnknownAsync(context)
        );
    }

    private async Task WaitingAsync(HttpContext context, Func<Task> work)
    {
        if (!allowances.Waiting.TryTake(1))
        {
            await context.RefuseAsync(Errors.TooManyRequests);
            return;
        }
        try
        {
            await work();
        }
        finally
        {
            allowances.Waiting.Return(1);
        }
    }

    private static Task AnswerAsync(HttpContext context, Receipt? receipt) =>
        receipt is null
            ? UnknownAsync(context)
            : context.AnswerAsync(ReceiptDto.From(receipt), BellhopJson.Plain.ReceiptDto);

    private static Task UnknownAsync(HttpContext context) =>
        context.RefuseAsync(Errors.Unknown, "No event has this key or id. 'bellhop events' lists those that are kept.");
}
