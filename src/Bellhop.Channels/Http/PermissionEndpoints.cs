using System.Text.Json;
using Bellhop.Diagnostics.Views;
using Bellhop.Permissions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Bellhop.Channels.Http;

/// <summary>What agents ask leave for, and a person's answers.</summary>
internal sealed class PermissionEndpoints(
    PermissionRequests requests,
    HttpAllowances allowances,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    // A proxy gives up on a silent request at about a minute.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary><c>GET /v1/permissions?wait=</c>: with a wait, once there is one, or when it is over.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var query = new Query(context);
        if (!query.TryDuration("wait", LongestWait, out var wait))
        {
            await context.RefuseAsync(Errors.BadParameter, query.Fault);
            return;
        }
        if (wait is { } patience)
            await UntilAskedAsync(patience, context.RequestAborted);
        await context.AnswerAsync(
            new PermissionsDto([.. requests.Open.Select(PermissionDto.From)]),
            BellhopJson.Plain.PermissionsDto
        );
    }

    /// <summary><c>POST /v1/permissions/{id}</c> with <c>{"option"}</c>: allow, deny, or one of the agent's options.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, allowances.BodyBytes);
        if (body.Error is { } error)
        {
            context.Response.Headers.Connection = "close";
            await context.RefuseAsync(error);
            return;
        }
        var id = new Query(context).PermissionId;
        // No option has an empty id, so that a body without one is told which there are.
        await (
            requests.Answer(id, Read(body.Bytes) ?? "") switch
            {
                PermissionAnswer.Taken { Outcome: var outcome } => context.AnswerAsync(
                    new PermissionSettledDto(id, WordOf(outcome.Decision), outcome.Option?.Id),
                    BellhopJson.Plain.PermissionSettledDto
                ),
                PermissionAnswer.NoSuchOption { Answers: var answers } => context.RefuseAsync(
                    Errors.BadField,
                    $"'option' is one of {string.Join(", ", answers)}.",
                    "option"
                ),
                PermissionAnswer.TooLate { Decision: var decision } => context.RefuseAsync(
                    Errors.AlreadyAnswered,
                    $"The permission request is settled already: {WordOf(decision)}."
                ),
                _ => context.RefuseAsync(
                    Errors.Unknown,
                    "No permission request has this id. 'bellhop permissions' lists those that wait."
                ),
            }
        );
    }

    private async Task UntilAskedAsync(TimeSpan patience, CancellationToken cancel)
    {
        using var patient = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            cancel,
            patient.Token,
            lifetime.ApplicationStopping
        );
        try
        {
            for (var changed = requests.Changed; requests.Open is []; changed = requests.Changed)
                await changed.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return; // nobody asked: the list says so
        }
    }

    private static string WordOf(PermissionDecision decision) => decision.ToString().ToLowerInvariant();

    private static string? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, BellhopJson.Plain.PermissionAnswerDto)?.Option;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
